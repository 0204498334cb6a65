/** Series as rows of a table: one for each set of labels, a column of numbers for each query and value. */

import { identity, varyingLabels } from "../data/labels";
import type { CsvCell } from "../data/csv";
import type { Reduce } from "./kinds/schema";
import type { TableOptions } from "./kinds/table";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface NumberColumn {
  id: string;
  head: string;
  ref: string;
  value: Reduce;
}

export interface TableRow {
  key: string;
  texts: readonly string[];
  /** By column id. */
  numbers: ReadonlyMap<string, number>;
  /** By column id: the series that a number is of. */
  series: ReadonlyMap<string, WidgetSeries>;
}

export interface Rows {
  labels: readonly string[];
  /** What is written above them, in their order. */
  heads: readonly string[];
  columns: readonly NumberColumn[];
  rows: TableRow[];
}

const HEADS: Record<Reduce, string> = {
  last: "last",
  avg: "avg",
  min: "min",
  max: "max",
  sum: "sum",
  first: "first",
  delta: "change",
  count: "count",
};

function numberColumns(series: readonly WidgetSeries[], options: TableOptions): NumberColumn[] {
  const refs = [...new Set(series.map((one) => one.ref))];
  const values = options.values.length === 0 ? (["last"] as const) : options.values;
  return refs.flatMap((ref) => {
    const own = series.filter((one) => one.ref === ref);
    const names = new Set(own.map((one) => one.given ?? one.labels["__name__"] ?? ""));
    const name = names.size === 1 ? [...names][0] : "";
    const what = name === undefined || name === "" ? (refs.length > 1 ? ref : "") : name;
    return values.map((value) => {
      const head = values.length > 1 || what === "" ? [what, HEADS[value]].filter(Boolean).join(" ") : what;
      return { id: `${ref} ${value}`, head: what === "" && values.length === 1 ? "Value" : head, ref, value };
    });
  });
}

/** `label=Head`, as the author writes it. */
export function renames(written: readonly string[]): Map<string, string> {
  return new Map(
    written.flatMap((one): [string, string][] => {
      const at = one.indexOf("=");
      const [label, head] = [one.slice(0, at).trim(), one.slice(at + 1).trim()];
      return at > 0 && head !== "" ? [[label, head]] : [];
    }),
  );
}

/** Rows are series of different queries with the same labels; the metric's name is no label here. */
export function tableRows(data: WidgetData, options: TableOptions): Rows {
  const series = present(data.frame);
  const bare = series.map(({ labels }) =>
    Object.fromEntries(Object.entries(labels).filter(([name]) => name !== "__name__")),
  );
  const differing = varyingLabels(bare);
  const every = [...new Set(bare.flatMap((labels) => Object.keys(labels)))].sort();
  const labels = options.labels.length > 0 ? options.labels : differing.length > 0 ? differing : every;
  const columns = numberColumns(series, options);
  const rows = new Map<string, TableRow & { numbers: Map<string, number>; series: Map<string, WidgetSeries> }>();
  series.forEach((one, at) => {
    const own = bare[at] ?? {};
    const key = identity(own);
    const texts = labels.length === 0 ? [one.name] : labels.map((name) => own[name] ?? "");
    const row = rows.get(key) ?? { key, texts, numbers: new Map(), series: new Map() };
    rows.set(key, row);
    for (const column of columns) {
      if (column.ref !== one.ref) continue;
      row.numbers.set(column.id, reduceSeries(data.frame.times, one.values, column.value, data.window));
      row.series.set(column.id, one);
    }
  });
  const shown = labels.length === 0 ? ["Series"] : labels;
  const names = renames(options.names);
  return { labels: shown, heads: shown.map((name) => names.get(name) ?? name), columns, rows: [...rows.values()] };
}

export interface Order {
  /** Id of a number column, or the name of a label. */
  by: string;
  up: boolean;
}

/** Missing numbers are last both ways. */
export function sortTable({ labels, rows }: Rows, order: Order): TableRow[] {
  const label = labels.indexOf(order.by);
  const sign = order.up ? 1 : -1;
  return [...rows].sort((a, b) => {
    if (label >= 0)
      return sign * (a.texts[label] ?? "").localeCompare(b.texts[label] ?? "", undefined, { numeric: true });
    const [x, y] = [a.numbers.get(order.by) ?? NaN, b.numbers.get(order.by) ?? NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : -1;
    return sign * (x - y);
  });
}

export function tableCsv({ heads, columns }: Rows, rows: readonly TableRow[]): CsvCell[][] {
  const head = [...heads, ...columns.map((one) => one.head)];
  return [head, ...rows.map((row) => [...row.texts, ...columns.map((one) => row.numbers.get(one.id) ?? NaN)])];
}
