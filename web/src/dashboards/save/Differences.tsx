import { Badge } from "../../ui";
import type { Difference } from "../diff";
import { isEmpty } from "../diff";

const STATUS = { added: "ok", removed: "crit", moved: "info", changed: "warn" } as const;

/** What differs, as a list of short sentences. */
export function Differences({ difference, none }: { difference: Difference; none: string }) {
  if (isEmpty(difference)) return <p className="muted">{none}</p>;
  const { widgets, settings } = difference;
  return (
    <ul className="dash-diff">
      {settings.length === 0 ? null : (
        <li>
          <Badge status="warn">changed</Badge>
          <span>Settings: {settings.join(", ")}</span>
        </li>
      )}
      {widgets.map(({ kind, id, title, fields }) => (
        <li key={`${kind} ${id}`}>
          <Badge status={STATUS[kind]}>{kind}</Badge>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <b>{title}</b> {fields.length === 0 ? null : <span className="muted">{fields.join(", ")}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
