/** Which step a window is asked with: round, at least a second, about one point a pixel. */

import type { Interval } from "./timeRange";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const LIVE_INTERVALS_MS = [1000, 5000, 30_000, 60_000];
export const TARGET_POINTS = 1000;

/** The smallest round step that gives at most `points` moments. */
export function chooseStep(span_ms: number, points: number = TARGET_POINTS): number {
  const wanted_s = span_ms / 1000 / points;
  return (STEPS_S.find((step_s) => step_s >= wanted_s) ?? 86_400) * 1000;
}

/** Both ends on multiples of the step, so that the same moments are asked for again and again. */
export function alignInterval(interval: Interval, step_ms: number): Interval {
  return {
    start_ms: Math.floor(interval.start_ms / step_ms) * step_ms,
    end_ms: Math.floor(interval.end_ms / step_ms) * step_ms,
  };
}

/** How often live answers come for a step: not more often than points appear. */
export function liveInterval(step_ms: number): number {
  let chosen = 1000;
  for (const interval_ms of LIVE_INTERVALS_MS) if (interval_ms <= step_ms) chosen = interval_ms;
  return chosen;
}
