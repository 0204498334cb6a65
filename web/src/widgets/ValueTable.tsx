import type { ChartSeries } from "../charts/scene";
import type { Unit } from "../data/format";
import { format } from "../data/format";
import type { MatrixView } from "../data/matrix";
import { summarise } from "../data/summary";
import type { Interval } from "../data/timeRange";

interface Props {
  caption: string;
  view: MatrixView;
  series: readonly ChartSeries[];
  unit: Unit;
  window: Interval;
}

const text = (value: number, unit: Unit): string => (Number.isNaN(value) ? "-" : format(value, unit));

/** A chart in words: what each series did in the window. */
export function ValueTable({ caption, view, series, unit, window }: Props) {
  const values = new Map(view.series.map((one) => [one.key, one.values]));
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <div className="h-full overflow-auto" role="region" aria-label={`${caption} as a table`} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th>Series</th>
            {["min", "avg", "max", "last"].map((head) => (
              <th key={head} className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => {
            const column = values.get(one.key);
            if (column === undefined) return null;
            const summary = summarise(view.times_ms, column, window.start_ms, window.end_ms);
            return (
              <tr key={one.key}>
                <td className="grow">{one.name}</td>
                <td className="num">{text(summary.min, unit)}</td>
                <td className="num">{text(summary.avg, unit)}</td>
                <td className="num">{text(summary.max, unit)}</td>
                <td className="num">{text(summary.last, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
