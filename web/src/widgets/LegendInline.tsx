import type { MouseEvent } from "react";
import type { ChartSeries } from "../charts/scene";
import type { Legend } from "./useLegend";

interface Props {
  series: readonly ChartSeries[];
  values: ReadonlyMap<string, string>;
  legend: Legend;
  /** The moment that the values are of, when it is not the newest. */
  moment: string | null;
}

/** One line: key, name, newest value. */
export function LegendInline({ series, values, legend, moment }: Props) {
  const keys = series.map((one) => one.key);
  const onClick = (key: string) => (event: MouseEvent) =>
    legend.choose(key, event.ctrlKey || event.metaKey || event.shiftKey, keys);
  return (
    <div className="legend-inline">
      {moment === null ? null : <span className="muted num">{moment}</span>}
      {series.map((one) => (
        <button
          key={one.key}
          type="button"
          className={legend.hidden.has(one.key) ? "is-off" : ""}
          aria-pressed={!legend.hidden.has(one.key)}
          title={one.name}
          onClick={onClick(one.key)}
          onPointerEnter={() => legend.setFocus(one.key)}
          onPointerLeave={() => legend.setFocus(null)}
          onFocus={() => legend.setFocus(one.key)}
          onBlur={() => legend.setFocus(null)}
        >
          <span className="key" style={{ background: `var(--s${one.slot.category + 1})` }} />
          <span>
            {one.name}
            <b>{values.get(one.key) ?? ""}</b>
          </span>
        </button>
      ))}
    </div>
  );
}
