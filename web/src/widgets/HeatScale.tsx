import type { ChartSeries } from "../charts/scene";
import type { Unit } from "../data/format";
import { format } from "../data/format";
import type { MatrixView } from "../data/matrix";
import { summarise } from "../data/summary";
import type { Interval } from "../data/timeRange";

interface Props {
  view: MatrixView;
  series: readonly ChartSeries[];
  unit: Unit;
  max: number;
  window: Interval;
}

/** What the colours of a heat map stand for, and the largest value in it. */
export function HeatScale({ view, series, unit, max, window }: Props) {
  const names = new Map(series.map((one) => [one.key, one.name]));
  let most = -Infinity;
  let name = "";
  for (const { key, values } of view.series) {
    const summary = summarise(view.times_ms, values, window.start_ms, window.end_ms);
    if (!(summary.max > most)) continue;
    most = summary.max;
    name = names.get(key) ?? "";
  }
  return (
    <div className="heat-scale num">
      <span>0</span>
      <span className="heat-scale__ramp" aria-hidden="true">
        {Array.from({ length: 8 }, (_, level) => (
          <i key={level} style={{ background: `var(--q${level})` }} />
        ))}
      </span>
      <span>{format(max, unit).replace(/\.0+(?=\D|$)/, "")}, square-root scale</span>
      {most > -Infinity ? (
        <span className="ml-auto">
          highest {format(most, unit)} in {name}
        </span>
      ) : null}
    </div>
  );
}
