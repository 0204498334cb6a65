import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, MouseEvent } from "react";
import { useMemo, useState } from "react";
import type { ChartSeries } from "../charts/scene";
import { fuzzy } from "../data/commands";
import { formatDuration } from "../data/duration";
import type { Unit } from "../data/format";
import { format, formatCount } from "../data/format";
import { distinctPairs, varyingLabels } from "../data/labels";
import type { MatrixView, SeriesView } from "../data/matrix";
import type { Summary } from "../data/summary";
import { summarise } from "../data/summary";
import { useChartTime } from "./chartContext";
import { Sparkline } from "./Sparkline";
import type { Legend } from "./useLegend";

interface Props {
  view: MatrixView;
  series: readonly ChartSeries[];
  unit: Unit;
  legend: Legend;
  top: number;
  tall: boolean;
}

interface Row {
  one: ChartSeries;
  view: SeriesView;
  summary: Summary;
}

const COLUMNS = ["min", "avg", "max", "last"] as const;
const SEARCH_FROM = 20;

const text = (value: number, unit: Unit): string => (Number.isNaN(value) ? "-" : format(value, unit));

/** The legend as a table: click isolates, mod-click shows or hides one. */
export function SeriesTable({ view, series, unit, legend, top, tall }: Props) {
  const [order, setOrder] = useState<{ by: keyof Summary; up: boolean }>({ by: "last", up: false });
  const [wish, setWish] = useState("");
  const window = useChartTime().window();
  const columns = new Map(view.series.map((one) => [one.key, one]));
  const rows = series
    .filter((one) => fuzzy(wish, one.name))
    .flatMap<Row>((one) => {
      const column = columns.get(one.key);
      if (column === undefined) return [];
      return [{ one, view: column, summary: summarise(view.times_ms, column.values, window.start_ms, window.end_ms) }];
    })
    .sort((a, b) => {
      const [x, y] = [a.summary[order.by], b.summary[order.by]];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
      return order.up ? x - y : y - x;
    });
  const limited = legend.all ? rows : rows.slice(0, top);
  const names = view.series.map((one) => one.key).join("\n");
  // eslint-disable-next-line react-hooks/exhaustive-deps -- names stand for the view's series
  const varying = useMemo(() => varyingLabels(view.series.map((one) => one.labels)), [names]);
  const keys = series.map((one) => one.key);
  return (
    <div
      className={tall ? "" : "max-h-[300px] overflow-auto"}
      {...(tall ? {} : { role: "group", "aria-label": "Series", tabIndex: 0 })}
    >
      {series.length > SEARCH_FROM ? (
        <div className="flex items-center gap-3 px-3 pb-2">
          <input
            className="input max-w-64"
            type="search"
            placeholder="Search series"
            aria-label="Search series"
            value={wish}
            onChange={(event) => setWish(event.target.value)}
          />
          {rows.length > top ? (
            <button type="button" className="btn btn--sm" onClick={() => legend.setAll(!legend.all)}>
              {legend.all ? `Show ${top}` : `Show all ${formatCount(rows.length)}`}
            </button>
          ) : null}
        </div>
      ) : null}
      <table className="table">
        <thead>
          <tr>
            <th>{formatCount(series.length)} series</th>
            {COLUMNS.map((by) => (
              <th
                key={by}
                className={`num${by === "min" || by === "avg" ? " opt" : ""}`}
                aria-sort={order.by === by ? (order.up ? "ascending" : "descending") : "none"}
              >
                <button type="button" onClick={() => setOrder({ by, up: order.by === by && !order.up })}>
                  {by} <SortMark shown={order.by === by} up={order.up} />
                </button>
              </th>
            ))}
            <th className="opt w-24">{formatDuration(window.end_ms - window.start_ms)}</th>
          </tr>
        </thead>
        <tbody>
          {limited.map((row) => (
            <SeriesRow key={row.one.key} row={row} unit={unit} varying={varying} legend={legend} keys={keys}>
              <Sparkline
                times_ms={view.times_ms}
                values={row.view.values}
                window={window}
                category={row.one.slot.category}
              />
            </SeriesRow>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortMark({ shown, up }: { shown: boolean; up: boolean }) {
  if (!shown) return null;
  const Icon = up ? ArrowUp : ArrowDown;
  return <Icon className="icon icon--xs inline" aria-hidden />;
}

interface RowProps {
  row: Row;
  unit: Unit;
  varying: readonly string[];
  legend: Legend;
  keys: readonly string[];
  children: React.ReactNode;
}

function SeriesRow({ row, unit, varying, legend, keys, children }: RowProps) {
  const { one, view, summary } = row;
  const hidden = legend.hidden.has(one.key);
  const onClick = (event: MouseEvent | KeyboardEvent): void =>
    legend.choose(one.key, event.ctrlKey || event.metaKey || event.shiftKey, keys);
  const pairs = distinctPairs(view.labels, varying);
  const prefix = one.key.startsWith(`${one.name.slice(0, 1)} `) ? one.name.slice(0, 1) : null;
  return (
    <tr
      className={hidden ? "is-off" : ""}
      onPointerEnter={() => legend.setFocus(one.key)}
      onPointerLeave={() => legend.setFocus(null)}
    >
      <td className="grow">
        <button
          type="button"
          className="max-w-full truncate text-left"
          aria-pressed={!hidden}
          title={one.name}
          onClick={onClick}
        >
          <span className="key mr-1.5 align-[3px]" style={{ background: `var(--s${one.slot.category + 1})` }} />
          {prefix === null ? null : <span className="muted">{prefix} · </span>}
          {pairs.length === 0 ? one.name : null}
          {pairs.map(([name, value]) => (
            <span key={name} className="lbl mr-2">
              {name === "__name__" ? null : `${name}=`}
              <b>{value}</b>
            </span>
          ))}
        </button>
      </td>
      <td className="num opt soft">{text(summary.min, unit)}</td>
      <td className="num opt soft">{text(summary.avg, unit)}</td>
      <td className="num soft">{text(summary.max, unit)}</td>
      <td className="num font-medium">{text(summary.last, unit)}</td>
      <td className="opt">{children}</td>
    </tr>
  );
}
