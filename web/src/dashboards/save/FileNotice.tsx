import { useQueryClient } from "@tanstack/react-query";
import { writeBack } from "../../api/dashboards";
import type { Document } from "../../api/documents";
import { createNumbered } from "../../api/documents";
import { useMay } from "../../queries/account";
import { Button, Notice, toast, useAction } from "../../ui";
import { writeDashboard } from "../document";
import type { FileOf } from "../folders";
import { isChanged } from "../state";
import { useDashboard, useDashboardNow } from "../store";
import { FILES_KEY, LIST_KEY } from "./keys";

interface Props {
  id: string;
  file: FileOf;
  onCopied: (document: Document) => void;
}

/** A dashboard that comes from a file: what that means, and the way to a copy or back into the file. */
export function FileNotice({ id, file, onCopied }: Props) {
  const mayEdit = useMay()("documents:write");
  const changed = useDashboard(isChanged);
  const editing = useDashboard((state) => state.mode === "edit");
  if (file.writable) {
    if (!mayEdit || !editing) return null;
    return (
      <Notice kind="info" action={<WriteBack id={id} path={file.path} disabled={changed} />}>
        This dashboard comes from the file {file.path}. What is saved here holds until the file changes, or is written
        into it.
      </Notice>
    );
  }
  return (
    <Notice kind="info" action={mayEdit ? <CopyIt onCopied={onCopied} /> : undefined}>
      This dashboard comes from the file {file.path}, and is changed there.
    </Notice>
  );
}

function WriteBack({ id, path, disabled }: { id: string; path: string; disabled: boolean }) {
  const queries = useQueryClient();
  const { run, busy } = useAction(async () => {
    try {
      await writeBack(id);
      await queries.invalidateQueries({ queryKey: FILES_KEY });
      toast({ status: "ok", text: `Written into ${path}.` });
    } catch (failure) {
      toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) });
    }
  });
  return (
    <Button
      small
      busy={busy}
      disabled={disabled}
      title={disabled ? "Save first" : undefined}
      onClick={() => void run()}
    >
      Write into the file
    </Button>
  );
}

function CopyIt({ onCopied }: { onCopied: (document: Document) => void }) {
  const now = useDashboardNow();
  const queries = useQueryClient();
  const { run, busy } = useAction(async () => {
    const { draft } = now();
    try {
      const content = { name: `${draft.name} (copy)`, spec: writeDashboard(draft.spec) };
      const made = await createNumbered("dashboard", content);
      await queries.invalidateQueries({ queryKey: LIST_KEY });
      onCopied(made);
    } catch (failure) {
      toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) });
    }
  });
  return (
    <Button small busy={busy} onClick={() => void run()}>
      Make a copy
    </Button>
  );
}
