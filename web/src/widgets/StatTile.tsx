import type { Scaled } from "../data/format";
import { Panel } from "./Panel";

interface Props {
  title: string;
  status?: "ok" | "warn" | "crit" | undefined;
  value: Scaled | null;
  /** Small words after the unit: "of 31.2". */
  of?: string;
  more: string;
  /** Part of the whole, 0 to 1; no bar without a whole. */
  share?: number | undefined;
}

export function StatTile({ title, status, value, of, more, share }: Props) {
  const colour = status === "warn" || status === "crit" ? `var(--${status})` : "var(--s1)";
  return (
    <Panel title={title} status={status} plain>
      <div className="stat">
        <span className="stat__value">
          {value?.text ?? "-"}
          <small>
            {value?.unit}
            {of === undefined ? "" : ` ${of}`}
          </small>
        </span>
        <p className="stat__more">{more === "" ? "\u00a0" : more}</p>
        {share === undefined ? null : (
          <span className="bar">
            <i style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%`, background: colour }} />
          </span>
        )}
      </div>
    </Panel>
  );
}
