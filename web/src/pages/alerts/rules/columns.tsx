import { formatDuration } from "../../../data/duration";
import type { Status } from "../../../ui/Badge";
import type { Column } from "../../../ui";
import { Badge } from "../../../ui";
import { Moment } from "../../access/Moment";
import type { Row, RowState, Source } from "./list";
import { STATES, queryText, typeOf } from "./list";

export const STATE_WORDS: Readonly<Record<RowState, string>> = {
  firing: "Firing",
  pending: "Pending",
  inactive: "Inactive",
  recording: "Recording",
  off: "Off",
  failing: "Failing",
  waiting: "Not evaluated yet",
};
const LOOKS: Readonly<Record<RowState, Status>> = {
  firing: "crit",
  pending: "warn",
  inactive: "ok",
  recording: "ok",
  off: "unknown",
  failing: "warn",
  waiting: "unknown",
};
export const SOURCE_WORDS: Readonly<Record<Source, string>> = {
  document: "This project",
  file: "File",
  system: "Server",
};

const evaluated_ms = (row: Row): number => Math.max(0, Date.parse(row.live?.lastEvaluation ?? "") || 0);

const took = (duration_ms: number): string => (duration_ms < 1 ? "< 1\u2009ms" : formatDuration(duration_ms));

/** Whether it fires, in a word; why it fails when pointed at. */
export function StateBadge({ row }: { row: Row }) {
  return (
    <Badge status={LOOKS[row.state]} {...(row.live?.lastError === undefined ? {} : { title: row.live.lastError })}>
      {STATE_WORDS[row.state]}
    </Badge>
  );
}

/** What a list of rules says about each. */
export const COLUMNS: readonly Column<Row>[] = [
  {
    id: "name",
    head: "Rule",
    value: (row) => row.name,
    cell: (row) => row.name,
    note: (row) =>
      row.live?.lastError === undefined ? (
        <code className="dtable__note muted">{queryText(row)}</code>
      ) : (
        <span className="dtable__note rule-wrong">{row.live.lastError}</span>
      ),
  },
  {
    id: "state",
    head: "State",
    value: (row) => STATES.indexOf(row.state),
    cell: (row) => <StateBadge row={row} />,
  },
  {
    id: "severity",
    head: "Severity",
    value: (row) => row.rule.severity || row.rule.labels?.["severity"] || null,
    cell: (row) =>
      row.rule.severity ||
      row.rule.labels?.["severity"] || <span className="muted">{typeOf(row.rule) === "alert" ? "None" : ""}</span>,
    wideOnly: true,
  },
  {
    id: "group",
    head: "Group",
    value: (row) => row.group,
    cell: (row) => (
      <span className="rule-cell">
        {row.group} <span className="muted">every {formatDuration(row.interval_ms)}</span>
      </span>
    ),
  },
  {
    id: "source",
    head: "From",
    value: (row) => SOURCE_WORDS[row.source],
    cell: (row) =>
      row.source === "document" ? (
        SOURCE_WORDS.document
      ) : (
        <span title={row.where} className="rule-cell">
          {row.source === "system" ? SOURCE_WORDS.system : (row.where.split(/[\\/]/).at(-1) ?? row.where)}
        </span>
      ),
  },
  {
    id: "last",
    head: "Evaluated",
    value: evaluated_ms,
    cell: (row) => <Moment at_ms={evaluated_ms(row)} />,
    wideOnly: true,
  },
  {
    id: "took",
    head: "Took",
    number: true,
    value: (row) => (evaluated_ms(row) === 0 ? null : (row.live?.evaluationTime ?? null)),
    cell: (row) => (evaluated_ms(row) === 0 ? "-" : took((row.live?.evaluationTime ?? 0) * 1000)),
    wideOnly: true,
  },
];
