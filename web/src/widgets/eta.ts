/** When a value will reach its goal, if it goes on as it did. */

import type { FieldFormat } from "../data/fieldFormat";
import type { Interval } from "../data/timeRange";
import { trendOf } from "./pairs";

export interface Progress {
  share: number;
  /** A second. */
  rate: number;
  /** Milliseconds to go; null when it does not get there. */
  left_ms: number | null;
  done: boolean;
}

export function goalOf(format: FieldFormat, goal: number | null): number {
  return goal ?? format.max ?? (format.unit === "ratio" ? 1 : 100);
}

/** `from` is where nothing is done yet. The speed is the slope of the window's last part. */
export function progressOf(
  times: Float64Array,
  values: Float64Array,
  window: Interval,
  ends: { from: number; goal: number },
  over: number,
): Progress {
  const start_ms = window.end_ms - (window.end_ms - window.start_ms) * over;
  const points: [number, number][] = [];
  let last = NaN;
  times.forEach((time_ms, row) => {
    const value = values[row] ?? NaN;
    if (Number.isNaN(value) || time_ms > window.end_ms) return;
    last = value;
    if (time_ms >= start_ms) points.push([(time_ms - window.end_ms) / 1000, value]);
  });
  const { from, goal } = ends;
  const span = goal - from;
  const share = span === 0 ? NaN : Math.max(0, Math.min(1, (last - from) / span));
  const done = span >= 0 ? last >= goal : last <= goal;
  const rate = trendOf(points)?.slope ?? 0;
  const left_s = (goal - last) / rate;
  return { share, rate, left_ms: done || !(left_s > 0) || !Number.isFinite(left_s) ? null : left_s * 1000, done };
}
