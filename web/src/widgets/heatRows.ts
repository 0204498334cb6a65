/** Rows of a heat map: series as they are, or cumulative buckets made into counts of each bucket. */

import type { HeatOptions } from "./kinds/heatmap";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface HeatRow {
  key: string;
  name: string;
  series: WidgetSeries;
  values: Float64Array;
}

function bound(series: WidgetSeries): number {
  const le = series.labels["le"] ?? "";
  return /^\+?inf$/i.test(le) ? Infinity : Number(le);
}

/** `le` of each series is a number: the series are cumulative buckets. */
export function areBuckets(series: readonly WidgetSeries[]): boolean {
  return series.length > 1 && series.every((one) => one.labels["le"] !== undefined && !Number.isNaN(bound(one)));
}

export interface Bucket {
  low: number;
  high: number;
  series: WidgetSeries;
  /** What falls into this bucket alone. */
  values: Float64Array;
}

/** Buckets of the same bound are added; a cumulative count that is below its neighbour's counts as equal to it. */
export function bucketCounts(series: readonly WidgetSeries[]): Bucket[] {
  const sums = new Map<number, { series: WidgetSeries; values: Float64Array }>();
  for (const one of series) {
    const high = bound(one);
    const known = sums.get(high);
    if (known === undefined) sums.set(high, { series: one, values: one.values });
    else known.values = known.values.map((value, row) => add(value, one.values[row] ?? NaN));
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  let below: Float64Array | null = null;
  let low = -Infinity;
  return sorted.map(([high, { series: first, values }]) => {
    const under = below;
    const own = under === null ? values : values.map((value, row) => Math.max(0, value - (under[row] ?? 0)));
    below = values;
    const bucket = { low, high, series: first, values: own };
    low = high;
    return bucket;
  });
}

function add(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : a + b;
}

function boundText(value: number): string {
  return value === Infinity ? "more" : String(Number(value.toPrecision(4)));
}

/** Top row first. */
export function heatRows(data: WidgetData, options: HeatOptions): HeatRow[] {
  const series = present(data.frame);
  const buckets = options.rows === "buckets" || (options.rows === "auto" && areBuckets(series));
  if (buckets && areBuckets(series)) {
    const rows = bucketCounts(series).map((one) => ({
      key: `le ${one.high}`,
      name: one.high === Infinity ? `over ${boundText(one.low)}` : boundText(one.high),
      series: one.series,
      values: one.values,
    }));
    return rows.reverse();
  }
  const rows = series.map((one) => ({ key: one.key, name: one.name, series: one, values: one.values }));
  if (options.sort === "name") rows.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  if (options.sort === "largest") {
    const mean = new Map(rows.map((one) => [one, reduceSeries(data.frame.times, one.values, "avg", data.window)]));
    rows.sort((a, b) => (mean.get(b) ?? 0) - (mean.get(a) ?? 0));
  }
  return rows;
}
