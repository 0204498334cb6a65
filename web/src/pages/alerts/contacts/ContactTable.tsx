import type { ContactType } from "../../../api/contacts";
import type { Document } from "../../../api/documents";
import { counted } from "../../../data/format";
import type { Column } from "../../../ui";
import { Button, DataTable } from "../../../ui";
import { Moment } from "../../access/Moment";
import { contactOf, waysOf } from "./contact";

/** The contact point that is there without a document. */
export const DASHBOARD = "dashboard";

interface Row {
  name: string;
  ways: string;
  uses: number;
  document: Document | null;
}

interface Props {
  points: readonly Document[] | undefined;
  types: readonly ContactType[];
  uses: (name: string) => number;
  /** null: the bell, which has no document yet. */
  onOpen: (id: string | null) => void;
  /** null: it may not be. */
  onDelete: ((point: Document) => void) | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", head: "Name", cell: (row) => row.name, value: (row) => row.name },
  { id: "ways", head: "Reached by", cell: (row) => row.ways, value: (row) => row.ways },
  {
    id: "uses",
    head: "Named in",
    cell: ({ uses }) => (uses === 0 ? <span className="muted">nothing</span> : counted(uses, "place")),
    value: (row) => row.uses,
  },
  {
    id: "changed",
    head: "Changed",
    cell: ({ document }) =>
      document === null ? (
        <span className="muted">is there by itself</span>
      ) : (
        <>
          <Moment at_ms={document.updated_ms} /> <span className="muted">by {document.updated_by}</span>
        </>
      ),
    value: (row) => row.document?.updated_ms ?? null,
    wideOnly: true,
  },
];

/** All contact points, with the bell that is always there. */
export function ContactTable({ points, types, uses, onOpen, onDelete }: Props) {
  const rows = points?.map((document): Row => {
    const { name, spec } = document;
    return { name, ways: waysOf(contactOf(spec), types), uses: uses(name), document };
  });
  if (rows !== undefined && !rows.some((row) => row.name === DASHBOARD)) {
    rows.unshift({ name: DASHBOARD, ways: "The bell of the page", uses: uses(DASHBOARD), document: null });
  }
  return (
    <DataTable
      label="Contact points"
      columns={COLUMNS}
      rows={rows}
      rowKey={(row) => row.document?.id ?? row.name}
      empty={null}
      onOpen={(row) => onOpen(row.document?.id ?? null)}
      actions={({ document, name }) =>
        document === null || onDelete === null ? null : (
          <Button small variant="ghost" aria-label={`Delete ${name}`} onClick={() => onDelete(document)}>
            Delete
          </Button>
        )
      }
    />
  );
}
