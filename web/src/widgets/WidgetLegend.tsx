import { ArrowDown, ArrowUp, Ellipsis, ListFilter, SquareArrowOutUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import type { ChartSeries } from "../charts/scene";
import { fuzzy } from "../data/commands";
import { writeField } from "../data/fieldFormat";
import { formatCount } from "../data/format";
import type { Summary } from "../data/summary";
import { summarise } from "../data/summary";
import type { Interval } from "../data/timeRange";
import { IconButton, Menu } from "../ui";
import { follow } from "./LinkedName";
import type { WidgetProps, WidgetSeries } from "./plugin";
import type { Legend } from "./useLegend";

export interface LegendEntry {
  chart: ChartSeries;
  series: WidgetSeries;
  color: string;
}

interface Props {
  entries: readonly LegendEntry[];
  times: Float64Array;
  window: Interval;
  legend: Legend;
  /** Series that are not drawn unless all are asked for. */
  total: number;
  limit: number;
  /** Values of the moment that is read with a finger. */
  readout: ReadonlyMap<string, number> | null;
  /** Series that stand out; null: all alike. */
  pointed: ReadonlySet<string> | null;
  linksOf: WidgetProps<object>["linksOf"];
  filter: WidgetProps<object>["filter"];
}

const COLUMNS = ["min", "avg", "max", "last"] as const;
const SEARCH_FROM = 20;

function useRows({ entries, times, window }: Props, order: keyof Summary | null, up: boolean, wish: string) {
  const rows = entries
    .filter((one) => wish === "" || fuzzy(wish, one.chart.name))
    .map((entry) => ({ entry, summary: summarise(times, entry.series.values, window.start_ms, window.end_ms) }));
  if (order === null) return rows;
  return rows.sort((a, b) => {
    const [x, y] = [a.summary[order], b.summary[order]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return up ? x - y : y - x;
  });
}

function Key({ color, past }: { color: string; past: boolean }) {
  return <span className={`key${past ? " key--past" : ""}`} style={past ? { color } : { background: color }} />;
}

/** Series as a table: click isolates, mod-click shows or hides one, heads sort. */
export function LegendTable(props: Props) {
  const { entries, legend, total, limit, readout } = props;
  const [order, setOrder] = useState<{ by: keyof Summary; up: boolean } | null>(null);
  const [wish, setWish] = useState("");
  const rows = useRows(props, order?.by ?? null, order?.up ?? false, wish);
  const keys = entries.map((one) => one.chart.key);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <div className="wlegend" role="group" aria-label="Series" tabIndex={0}>
      {total > SEARCH_FROM ? (
        <div className="wlegend__tools">
          <input
            className="input"
            type="search"
            placeholder="Search series"
            aria-label="Search series"
            value={wish}
            onChange={(event) => setWish(event.target.value)}
          />
          <ShowAll total={total} limit={limit} legend={legend} />
        </div>
      ) : null}
      <table className="wlegend__table num">
        <thead>
          <tr>
            <th>
              {total > entries.length ? `${formatCount(entries.length)} of ${formatCount(total)} series` : "Series"}
            </th>
            {COLUMNS.map((by) => (
              <th
                key={by}
                className={by === "last" ? "" : "opt"}
                aria-sort={order?.by === by ? (order.up ? "ascending" : "descending") : "none"}
              >
                <button type="button" onClick={() => setOrder({ by, up: order?.by === by && !order.up })}>
                  {order?.by === by ? <SortMark up={order.up} /> : null}
                  {readout !== null && by === "last" ? "then" : by}
                </button>
              </th>
            ))}
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ entry, entry: { chart, series }, summary }) => (
            <tr
              key={chart.key}
              className={lookOf(props, chart.key)}
              onPointerEnter={() => legend.setFocus(chart.key)}
              onPointerLeave={() => legend.setFocus(null)}
            >
              <td>
                <SeriesButton entry={entry} legend={legend} keys={keys} />
              </td>
              {COLUMNS.map((by) => (
                <td key={by} className={by === "last" ? "" : "opt"}>
                  {writeField(by === "last" ? (readout?.get(chart.key) ?? summary.last) : summary[by], series.format)}
                </td>
              ))}
              <td className="wlegend__more">
                <SeriesMenu {...props} name={chart.name} series={series} value={summary.last} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const lookOf = ({ legend, pointed }: Props, key: string): string =>
  legend.hidden.has(key) ? "is-off" : pointed !== null && !pointed.has(key) ? "is-dim" : "";

interface MenuProps extends Props {
  name: string;
  series: WidgetSeries;
  value: number;
}

/** Where a series leads, and the dashboard filtered by one of its labels. */
function SeriesMenu({ name, series, value, linksOf, filter }: MenuProps) {
  const links = linksOf(series, Number.isNaN(value) ? null : value, null);
  const labels = Object.entries(series.labels).filter(([label]) => label !== "__name__");
  if (links.length + labels.length === 0) return null;
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} label={`${name}: links and filters`} />}
      entries={[
        ...links.map((one) => ({
          label: one.title,
          icon: SquareArrowOutUpRight,
          href: one.href,
          onSelect: () => follow(one),
        })),
        ...(labels.length === 0 ? [] : [{ heading: "Only what has" }]),
        ...labels.map(([label, text]) => ({
          label: `${label} = ${text}`,
          icon: ListFilter,
          onSelect: () => filter(label, text),
        })),
      ]}
    />
  );
}

function SortMark({ up }: { up: boolean }) {
  const Icon = up ? ArrowUp : ArrowDown;
  return <Icon className="icon icon--xs inline" aria-hidden />;
}

function ShowAll({ total, limit, legend }: { total: number; limit: number; legend: Legend }) {
  if (total <= limit) return null;
  return (
    <button type="button" className="btn btn--sm" onClick={() => legend.setAll(!legend.all)}>
      {legend.all ? `Show ${formatCount(limit)}` : `Show all ${formatCount(total)}`}
    </button>
  );
}

interface ButtonProps {
  entry: LegendEntry;
  legend: Legend;
  /** Of all entries, in their order. */
  keys: readonly string[];
  children?: ReactNode;
}

/** A click shows the series alone, with a key held it comes or goes. */
function SeriesButton({ entry: { chart, series, color }, legend, keys, children }: ButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={!legend.hidden.has(chart.key)}
      title={chart.name}
      onClick={(event) => legend.choose(chart.key, event.ctrlKey || event.metaKey || event.shiftKey, keys)}
    >
      <Key color={color} past={series.isPast === true} />
      <span>{chart.name}</span>
      {children}
    </button>
  );
}

/** One line: key, name, newest value. */
export function LegendLine(props: Props) {
  const { entries, times, window, legend, total, limit, readout } = props;
  const keys = entries.map((one) => one.chart.key);
  return (
    <div className="wlegend-line">
      {entries.map((entry) => {
        const { chart, series } = entry;
        const last = summarise(times, series.values, window.start_ms, window.end_ms).last;
        return (
          <span
            key={chart.key}
            className={`wlegend__entry ${lookOf(props, chart.key)}`}
            onPointerEnter={() => legend.setFocus(chart.key)}
            onPointerLeave={() => legend.setFocus(null)}
            onFocus={() => legend.setFocus(chart.key)}
            onBlur={() => legend.setFocus(null)}
          >
            <SeriesButton entry={entry} legend={legend} keys={keys}>
              <b className="num">{writeField(readout?.get(chart.key) ?? last, series.format)}</b>
            </SeriesButton>
            <span className="wlegend__more">
              <SeriesMenu {...props} name={chart.name} series={series} value={last} />
            </span>
          </span>
        );
      })}
      <ShowAll total={total} limit={limit} legend={legend} />
    </div>
  );
}
