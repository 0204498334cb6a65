import type { Column } from "../../../ui";
import { Badge } from "../../../ui";
import { formatDuration } from "../../../data/duration";
import { formatMoment } from "../../../data/timeRange";
import type { Zone } from "../../../data/timeRange";
import type { Alert } from "./alerts";
import { STATES, severityRank } from "./alerts";
import { STATE_MARKS, STATE_WORDS, labelWords } from "./words";

/** What the list says of an alert; `by`: the label that its group already names. */
export function columnsOf(by: string, now_ms: number, zone: Zone): Column<Alert>[] {
  return [
    {
      id: "name",
      head: "Alert",
      cell: (one) => (by === "alertname" ? labelWords(one.labels) || one.name : one.name),
      note: (one) => <Note one={one} by={by} />,
      value: (one) => `${one.name} ${labelWords(one.labels)}`,
    },
    {
      id: "state",
      head: "State",
      cell: (one) => (
        <Badge status={STATE_MARKS[one.state]} title={one.flapping ? "Fired again and again within an hour" : ""}>
          {STATE_WORDS[one.state]}
          {one.flapping ? ", flapping" : ""}
        </Badge>
      ),
      value: (one) => STATES.indexOf(one.state),
    },
    {
      id: "severity",
      head: "Severity",
      cell: (one) => one.severity || <span className="muted">none</span>,
      value: (one) => severityRank(one.severity),
    },
    {
      id: "who",
      head: "Taken care of by",
      cell: (one) => one.told?.acked_by || <span className="muted">nobody</span>,
      value: (one) => one.told?.acked_by || null,
      wideOnly: true,
    },
    {
      id: "since",
      head: "Since",
      number: true,
      cell: (one) => (
        <time title={formatMoment(one.since_ms, zone, true, true)} dateTime={new Date(one.since_ms).toISOString()}>
          {formatDuration(Math.max(0, now_ms - one.since_ms))}
        </time>
      ),
      value: (one) => one.since_ms,
    },
  ];
}

/** What was written about it, else its labels where the name does not already say them. */
function Note({ one, by }: { one: Alert; by: string }) {
  const said = one.annotations["summary"] ?? one.annotations["description"] ?? "";
  const text = said !== "" ? said : by === "alertname" ? "" : labelWords(one.labels, by);
  return text === "" ? null : <small className="dtable__note muted">{text}</small>;
}
