/** How values are spread: bins, percentiles and outliers, of values or of the buckets of a histogram. */

import { valueStep } from "../charts/ticks";
import { lowerBound } from "../data/matrix";
import { areBuckets, bucketCounts } from "./heatRows";
import type { HistogramOptions } from "./kinds/histogram";
import type { WidgetData } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface Bin {
  low: number;
  high: number;
  count: number;
}

export interface Distribution {
  bins: Bin[];
  total: number;
  percentiles: { of: number; value: number }[];
  /** Ends beyond which a value is an outlier, and how many are; null for buckets, which do not say. */
  fences: { low: number; high: number; count: number } | null;
}

const MAX_BINS = 200;
const NONE: Distribution = { bins: [], total: 0, percentiles: [], fences: null };

/** All values of the window, ascending. */
export function windowValues(data: WidgetData): Float64Array {
  const { times } = data.frame;
  const alone = times.length === 1;
  const from = alone ? 0 : lowerBound(times, times.length, data.window.start_ms);
  const to = alone ? 1 : lowerBound(times, times.length, data.window.end_ms + 1);
  const found: number[] = [];
  for (const { values } of present(data.frame)) {
    for (let row = from; row < to; row += 1) {
      const value = values[row] ?? NaN;
      if (Number.isFinite(value)) found.push(value);
    }
  }
  return Float64Array.from(found).sort();
}

/** Between the two nearest values, as most tools do. */
export function percentile(sorted: Float64Array, of: number): number {
  if (sorted.length === 0) return NaN;
  const at = (Math.max(0, Math.min(100, of)) / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  return low + ((sorted[Math.ceil(at)] ?? NaN) - low) * (at - Math.floor(at));
}

/** Widths on round steps: Freedman and Diaconis where the values have a spread, `wanted` bins where that is said. */
export function binValues(sorted: Float64Array, wanted: number): Bin[] {
  const [least, most] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  if (Number.isNaN(least)) return [];
  if (least === most) return [{ low: least, high: most, count: sorted.length }];
  const range = percentile(sorted, 75) - percentile(sorted, 25);
  const suggested = (2 * range) / Math.cbrt(sorted.length);
  const limit = Math.min(MAX_BINS, 60);
  const count =
    wanted > 0 ? Math.min(MAX_BINS, wanted) : suggested > 0 ? Math.min(limit, (most - least) / suggested) : 20;
  const width = valueStep(most - least, Math.max(1, count), "number");
  const first = Math.floor(least / width);
  const bins: Bin[] = [];
  for (let at = first; at * width <= most; at += 1) bins.push({ low: at * width, high: (at + 1) * width, count: 0 });
  for (const value of sorted) {
    const bin = bins[Math.min(bins.length - 1, Math.floor(value / width) - first)];
    if (bin !== undefined) bin.count += 1;
  }
  return bins;
}

function ofValues(data: WidgetData, options: HistogramOptions): Distribution {
  const sorted = windowValues(data);
  if (sorted.length === 0) return NONE;
  const [q1, q3] = [percentile(sorted, 25), percentile(sorted, 75)];
  const fences = { low: q1 - 1.5 * (q3 - q1), high: q3 + 1.5 * (q3 - q1), count: 0 };
  for (const value of sorted) if (value < fences.low || value > fences.high) fences.count += 1;
  return {
    bins: binValues(sorted, options.bins),
    total: sorted.length,
    percentiles: options.percentiles.map((of) => ({ of, value: percentile(sorted, of) })),
    fences,
  };
}

/** How many values of some series fall into each of these bins, which stand side by side. */
export function countsOf(data: WidgetData, bins: readonly Bin[], keys: ReadonlySet<string>): number[] {
  const counts = bins.map(() => 0);
  if (bins.length === 0) return counts;
  const own = { ...data, frame: { ...data.frame, series: data.frame.series.filter((one) => keys.has(one.key)) } };
  let at = 0;
  for (const value of windowValues(own)) {
    while (at < bins.length - 1 && value >= (bins[at]?.high ?? Infinity)) at += 1;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** Where a share of all falls, on the straight line within its bucket as `histogram_quantile` has it. */
function bucketPercentile(bins: readonly Bin[], total: number, of: number): number {
  let sum = 0;
  for (const { low, high, count } of bins) {
    const goal = (of / 100) * total;
    if (sum + count >= goal && count > 0) return high === low ? high : low + ((high - low) * (goal - sum)) / count;
    sum += count;
  }
  return bins.at(-1)?.high ?? NaN;
}

function ofBuckets(data: WidgetData, options: HistogramOptions): Distribution {
  const found = bucketCounts(present(data.frame)).map(({ low, high, values }) => ({
    low,
    high,
    count: Math.max(0, reduceSeries(data.frame.times, values, "last", data.window) || 0),
  }));
  const finite = found.filter((one) => Number.isFinite(one.high));
  const [first] = finite;
  if (first === undefined) return NONE;
  // below the first bound and above the last one nobody knows how far: they get their neighbour's width
  const low = first.high > 0 ? 0 : first.high - 1;
  const end = finite.at(-1)?.high ?? first.high;
  const width = end - (finite.at(-2)?.high ?? low);
  const bins = found.map((one) => ({
    ...one,
    low: one.low === -Infinity ? low : one.low,
    high: one.high === Infinity ? end + width : one.high,
  }));
  if (bins.at(-1)?.count === 0 && found.at(-1)?.high === Infinity) bins.pop();
  const total = bins.reduce((sum, one) => sum + one.count, 0);
  const percentiles = options.percentiles.map((of) => ({ of, value: bucketPercentile(bins, total, of) }));
  return { bins, total, percentiles: total === 0 ? [] : percentiles, fences: null };
}

export function distribution(data: WidgetData, options: HistogramOptions): Distribution {
  const buckets = areBuckets(present(data.frame));
  return buckets && options.source !== "values" ? ofBuckets(data, options) : ofValues(data, options);
}
