/** Several matrices on one time column. */

import type { MatrixView, SeriesView } from "./matrix";
import { lowerBound } from "./matrix";

export interface Part {
  /** Put before the keys, so that the same series of two parts stays two. */
  prefix: string;
  view: MatrixView;
}

function allTimes(parts: readonly Part[]): Float64Array {
  const times = new Set<number>();
  for (const { view } of parts) for (const time_ms of view.times_ms) times.add(time_ms);
  return Float64Array.from(times).sort();
}

/** One part keeps its arrays; more are copied onto the union of their moments. */
export function mergeViews(parts: readonly Part[]): MatrixView {
  const [only] = parts;
  if (only === undefined) return { step_ms: 1000, times_ms: new Float64Array(0), series: [] };
  if (parts.length === 1) return only.view;
  const times_ms = allTimes(parts);
  const series = parts.flatMap(({ prefix, view }) => {
    const rows = Array.from(view.times_ms, (time_ms) => lowerBound(times_ms, times_ms.length, time_ms));
    return view.series.map<SeriesView>(({ key, labels, values }) => {
      const column = new Float64Array(times_ms.length).fill(NaN);
      rows.forEach((row, at) => (column[row] = values[at] ?? NaN));
      return { key: `${prefix}${key}`, labels, values: column };
    });
  });
  return { step_ms: Math.max(...parts.map((part) => part.view.step_ms)), times_ms, series };
}
