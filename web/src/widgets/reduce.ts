/** One number for a series: what stands in a tile, a bar, a slice. */

import type { Interval } from "../data/timeRange";
import { lowerBound } from "../data/matrix";
import type { Reduce } from "./kinds/schema";
import type { Frame, WidgetSeries } from "./plugin";

interface Pass {
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

const RESULTS: Readonly<Record<Reduce, (pass: Pass) => number>> = {
  last: (pass) => pass.last,
  first: (pass) => pass.first,
  avg: (pass) => pass.sum / pass.count,
  min: (pass) => pass.min,
  max: (pass) => pass.max,
  sum: (pass) => pass.sum,
  delta: (pass) => pass.last - pass.first,
  count: (pass) => pass.count,
};

/** NaN when the window has no value, whatever is asked for. */
export function reduceSeries(times: Float64Array, values: Float64Array, how: Reduce, window: Interval): number {
  const pass: Pass = { count: 0, sum: 0, min: Infinity, max: -Infinity, first: NaN, last: NaN };
  // an instant answer is of one moment, which need not lie in the window
  const all = times.length === 1;
  for (let row = all ? 0 : lowerBound(times, times.length, window.start_ms); row < times.length; row += 1) {
    if (!all && (times[row] ?? 0) > window.end_ms) break;
    const value = values[row] ?? NaN;
    if (Number.isNaN(value)) continue;
    if (pass.count === 0) pass.first = value;
    pass.count += 1;
    pass.sum += value;
    pass.min = Math.min(pass.min, value);
    pass.max = Math.max(pass.max, value);
    pass.last = value;
  }
  return pass.count === 0 ? NaN : RESULTS[how](pass);
}

/** Series that are shown: not hidden, not of an earlier time. */
export function present(frame: Frame): WidgetSeries[] {
  return frame.series.filter((one) => !one.format.hidden && one.isPast !== true);
}

/** The series that is the same as another an earlier time ago. */
export function pastOf(frame: Frame, series: WidgetSeries): WidgetSeries | null {
  const same = frame.series.filter((one) => one.isPast === true && one.ref === series.ref);
  return (
    same.find((one) => one.key === series.key || one.name === series.name) ??
    (same.length === 1 ? (same[0] ?? null) : null)
  );
}
