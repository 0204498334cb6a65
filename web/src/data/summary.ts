/** min, avg, max and last of a series inside a window. */

import { lowerBound } from "./matrix";

export interface Summary {
  min: number;
  avg: number;
  max: number;
  last: number;
}

/** NaN everywhere when the window holds no value; `last` is the newest value, not the newest moment. */
export function summarise(times_ms: Float64Array, values: Float64Array, start_ms: number, end_ms: number): Summary {
  let [min, max, sum, count, last] = [Infinity, -Infinity, 0, 0, NaN];
  for (let at = lowerBound(times_ms, times_ms.length, start_ms); at < times_ms.length; at += 1) {
    if ((times_ms[at] ?? 0) > end_ms) break;
    const value = values[at] ?? NaN;
    if (Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count += 1;
    last = value;
  }
  if (count === 0) return { min: NaN, avg: NaN, max: NaN, last: NaN };
  return { min, avg: sum / count, max, last };
}
