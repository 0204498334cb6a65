/** Where data is missing: nothing is drawn across it but a hatch. */

import type { MatrixView } from "../data/matrix";

export interface Gap {
  start_ms: number;
  end_ms: number;
}

const SLACK_STEPS = 1.5;

/** Two moments are neighbours when no step between them is missing. */
export function adjacent(earlier_ms: number, later_ms: number, step_ms: number): boolean {
  return later_ms - earlier_ms <= step_ms * SLACK_STEPS;
}

/**
 * Stretches of the window in which no series has a value, from the last to the next sample, the one before the first
 * sample included. After the newest sample it is a gap only once `late_steps` are missing.
 */
export function findGaps(view: MatrixView, start_ms: number, end_ms: number, late_steps = 3): Gap[] {
  const { times_ms, series, step_ms } = view;
  const gaps: Gap[] = [];
  let previous: number | null = null;
  for (let row = 0; row < times_ms.length; row += 1) {
    const time_ms = times_ms[row] ?? 0;
    if (!series.some((one) => !Number.isNaN(one.values[row] ?? NaN))) continue;
    const from = previous ?? start_ms;
    const missing =
      previous === null ? time_ms - start_ms > step_ms * SLACK_STEPS : !adjacent(previous, time_ms, step_ms);
    if (missing && time_ms > start_ms && from < end_ms) {
      gaps.push({ start_ms: Math.max(from, start_ms), end_ms: Math.min(time_ms, end_ms) });
    }
    previous = time_ms;
  }
  if (previous !== null && end_ms - previous > step_ms * late_steps && previous < end_ms) {
    gaps.push({ start_ms: Math.max(previous, start_ms), end_ms });
  }
  return gaps;
}
