import type { LogEntry } from "../../../api/notifications";
import type { Column } from "../../../ui";
import { Badge } from "../../../ui";
import { Moment } from "../../access/Moment";
import { countWords, isTriedAgain, lookOf, reasonWords, wayWords } from "./entry";

function State({ entry }: { entry: LogEntry }) {
  const { status, word } = lookOf(entry.status);
  return isTriedAgain(entry) ? <Badge status="warn">Tried again</Badge> : <Badge status={status}>{word}</Badge>;
}

export const COLUMNS: readonly Column<LogEntry>[] = [
  {
    id: "title",
    head: "What",
    cell: (one) => one.title,
    text: (one) => `${one.title} ${one.contact_point} ${one.error}`,
  },
  { id: "state", head: "State", cell: (one) => <State entry={one} /> },
  { id: "when", head: "Made", cell: (one) => <Moment at_ms={one.created_ms} /> },
  { id: "to", head: "To", cell: wayWords },
  { id: "why", head: "Why", cell: (one) => reasonWords(one.reason) },
  { id: "alerts", head: "Alerts", cell: (one) => countWords(one.firing, one.resolved), wideOnly: true },
  {
    id: "error",
    head: "Trouble",
    cell: (one) =>
      one.error === "" ? (
        <span className="muted">-</span>
      ) : (
        <span className="log-error" title={one.error}>
          {one.error}
        </span>
      ),
  },
];
