import { useQuery } from "@tanstack/react-query";
import type { LogEntry, Notification } from "../../../api/notifications";
import { notification } from "../../../api/notifications";
import { formatCount } from "../../../data/format";
import { Badge, Button, Dialog, Notice } from "../../../ui";
import { Moment } from "../../access/Moment";
import { Problem } from "../../access/Problem";
import { labelsText } from "../matchers/condition";
import { isTriedAgain, lookOf, reasonWords, wayWords } from "./entry";

interface Props {
  entry: LogEntry;
  close: () => void;
  /** Shows only what was told of the same group. */
  showGroup: () => void;
  /** null: it is no dead letter, or may not be sent again. */
  retry: (() => void) | null;
}

const SHOWN = 50;
const DONE: Readonly<Record<string, string>> = { waiting: "Next attempt", dead: "Given up" };

/** One notification: its way, and what it told. */
export function LogDetail({ entry, close, showGroup, retry }: Props) {
  const { data, error, refetch } = useQuery({
    queryKey: ["notification", entry.id],
    queryFn: ({ signal }) => notification(entry.id, signal),
  });
  const { status, word } = lookOf(entry.status);
  return (
    <Dialog
      open
      onOpenChange={close}
      title={entry.title}
      wide
      actions={
        <>
          <Button variant="ghost" onClick={showGroup}>
            All of this group
          </Button>
          {retry === null ? null : (
            <Button variant="primary" onClick={retry}>
              Try again
            </Button>
          )}
        </>
      }
    >
      <dl className="facts">
        <dt>State</dt>
        <dd>
          <Badge status={status}>{word}</Badge>
        </dd>
        <dt>To</dt>
        <dd>{wayWords(entry)}</dd>
        <dt>Why</dt>
        <dd>{reasonWords(entry.reason)}</dd>
        <dt>Made</dt>
        <dd>
          <Moment at_ms={entry.created_ms} />
        </dd>
        <dt>{DONE[entry.status] ?? "Sent"}</dt>
        <dd>
          <Moment at_ms={entry.status === "waiting" ? entry.next_ms : entry.done_ms} />
        </dd>
        <dt>Attempts</dt>
        <dd>
          {entry.attempts}
          {entry.in_digest ? ", sent with others as one message" : ""}
        </dd>
        <dt>Idempotency key</dt>
        <dd>
          <code>{entry.id}</code>
        </dd>
      </dl>
      {entry.error === "" ? null : <Notice kind={isTriedAgain(entry) ? "warn" : "crit"}>{entry.error}</Notice>}
      {data !== undefined ? (
        <Told told={data} />
      ) : error === null ? null : (
        <Problem error={error} retry={() => void refetch()} />
      )}
    </Dialog>
  );
}

/** What it told. Fields that say nothing are not in the answer. */
function Told({ told }: { told: Partial<Notification> }) {
  const { alerts = [], note = "", by = "", parts = [] } = told;
  return (
    <section className="grid gap-2" aria-label="What it told">
      {by === "" ? null : (
        <p>
          {by}
          {note === "" ? "" : `: ${note}`}
        </p>
      )}
      {parts.length === 0 ? null : <p className="muted">One message for {parts.length} groups.</p>}
      <ul className="log-alerts">
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.fingerprint} className="inset inset--tight">
            <span className="flex flex-wrap items-center gap-2">
              <Badge status={alert.firing ? "crit" : "ok"}>{alert.firing ? "Fires" : "Over"}</Badge>
              <span className="muted">
                since <Moment at_ms={alert.starts_ms} />
              </span>
            </span>
            <code>{labelsText(alert.labels)}</code>
            {Object.entries(alert.annotations).map(([name, text]) => (
              <span key={name} className="soft">
                {name}: {text}
              </span>
            ))}
          </li>
        ))}
        {alerts.length > SHOWN ? <li className="muted">and {formatCount(alerts.length - SHOWN)} more</li> : null}
      </ul>
    </section>
  );
}
