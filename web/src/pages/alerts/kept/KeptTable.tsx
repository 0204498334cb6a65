import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Document, DocumentKind } from "../../../api/documents";
import { deleteDocument } from "../../../api/documents";
import type { Column } from "../../../ui";
import { Button, ConfirmDialog, DataTable, EmptyState, Section, toast } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useAskAgainFor, useKept } from "./useKept";

interface Props {
  kind: DocumentKind;
  /** "Mute timings", and "mute timing". */
  title: string;
  word: string;
  note: string;
  icon: LucideIcon;
  /** Beside its name. */
  columns: readonly Column<Document>[];
  mayChange: boolean;
  /** Another one on the page has the main button. */
  second?: boolean;
  /** Its form; null: of a new one. */
  form: (kept: Document | null, close: () => void) => ReactNode;
  /** What its deletion means. */
  gone: (one: Document) => string;
  /** What it is good for, where there is none. */
  children: string;
}

const NAME: Column<Document> = { id: "name", head: "Name", cell: (one) => one.name, value: (one) => one.name };

/** Documents of a kind as a list: open, make, delete. */
export function KeptTable(props: Props) {
  const { kind, title, word, note, icon, columns, mayChange, second, form, gone, children } = props;
  const { data, error, refetch } = useKept(kind);
  const askAgainFor = useAskAgainFor();
  const [open, setOpen] = useState<Document | "new" | null>(null);
  const [wanted, setWanted] = useState<Document | null>(null);
  const remove = async (): Promise<void> => {
    if (wanted === null) return;
    await deleteDocument(kind, wanted.id, wanted.version);
    await askAgainFor(kind);
    toast(`${wanted.name} is deleted.`);
  };
  const create = mayChange ? (
    <Button variant={second === true ? "default" : "primary"} onClick={() => setOpen("new")}>
      New {word}
    </Button>
  ) : null;
  if (error !== null) return <Problem error={error} retry={() => void refetch()} />;
  return (
    <Section title={title} note={note} actions={data?.length === 0 ? null : create} flush>
      <DataTable
        label={title}
        columns={[NAME, ...columns]}
        rows={data}
        rowKey={(one) => one.id}
        onOpen={setOpen}
        empty={
          <EmptyState icon={icon} title={`No ${title.toLowerCase()}`} action={create}>
            {children}
          </EmptyState>
        }
        {...(mayChange
          ? {
              actions: (one: Document) => (
                <Button small variant="ghost" aria-label={`Delete ${one.name}`} onClick={() => setWanted(one)}>
                  Delete
                </Button>
              ),
            }
          : {})}
      />
      {open === null ? null : form(open === "new" ? null : open, () => setOpen(null))}
      <ConfirmDialog
        open={wanted !== null}
        onOpenChange={() => setWanted(null)}
        title={`Delete ${word} ${wanted?.name ?? ""}?`}
        confirm={`Delete ${word}`}
        danger
        onConfirm={remove}
      >
        {wanted === null ? "" : gone(wanted)}
      </ConfirmDialog>
    </Section>
  );
}
