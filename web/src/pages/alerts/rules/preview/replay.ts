/** What came of a backtest, as numbers and as bands to draw. Pure. */

import type { Backtest, Band } from "../../../../api/rules";
import type { Labels } from "../../../../data/labels";
import { identity } from "../../../../data/labels";
import type { Interval } from "../../../../data/timeRange";

/** As the server counts: that often within an hour is flapping. */
const FLAPS = 5;
const HOUR_MS = 3_600_000;
const MOST_EVALUATIONS = 500_000;

export interface Verdict {
  fired: number;
  /** Time in which at least one alert fired. */
  firing_ms: number;
  notifications: number;
  /** Alerts that fired so often within an hour that they would be marked. */
  flapping: number;
}

export interface Stretch {
  state: Band["state"];
  start_ms: number;
  end_ms: number;
}

/** Stretches in which any alert is in a state; those nearer to each other than `slack_ms` are one. */
export function stretchesOf(bands: readonly Band[], state: Band["state"], end_ms: number, slack_ms = 0): Stretch[] {
  const found: Stretch[] = [];
  const own = bands.filter((one) => one.state === state).sort((a, b) => a.start_ms - b.start_ms);
  for (const band of own) {
    const until = Math.max(band.end_ms ?? end_ms, band.start_ms);
    const last = found.at(-1);
    if (last !== undefined && band.start_ms <= last.end_ms + slack_ms) last.end_ms = Math.max(last.end_ms, until);
    else found.push({ state, start_ms: band.start_ms, end_ms: until });
  }
  return found;
}

export function verdictOf(replay: Backtest, interval: Interval): Verdict {
  const firing = replay.bands.filter((one) => one.state === "firing");
  const union = stretchesOf(replay.bands, "firing", interval.end_ms);
  const starts = new Map<string, number[]>();
  for (const { labels, start_ms } of firing) {
    const key = identity(labels);
    const times = starts.get(key);
    if (times === undefined) starts.set(key, [start_ms]);
    else times.push(start_ms);
  }
  return {
    fired: firing.length,
    firing_ms: union.reduce((sum, one) => sum + one.end_ms - one.start_ms, 0),
    notifications: replay.notifications.length,
    flapping: [...starts.values()].filter(isFlapping).length,
  };
}

function isFlapping(times: number[]): boolean {
  const sorted = times.sort((a, b) => a - b);
  return sorted.some((time, at) => (sorted[at + FLAPS - 1] ?? Infinity) - time <= HOUR_MS);
}

/** How often a backtest evaluates: as often as the rule, unless that were too often for the range. */
export function stepOf(interval_ms: number, { start_ms, end_ms }: Interval): number {
  const least_ms = Math.ceil((end_ms - start_ms) / MOST_EVALUATIONS / 1000) * 1000;
  return Math.max(1000, Math.round(interval_ms / 1000) * 1000, least_ms);
}

/** Both ends on multiples of the step, as rules are evaluated. */
export const onSteps = ({ start_ms, end_ms }: Interval, step_ms: number): Interval => ({
  start_ms: Math.floor(start_ms / step_ms) * step_ms,
  end_ms: Math.floor(end_ms / step_ms) * step_ms,
});

/** What tells an alert from the others of its rule. */
export function ownLabels(labels: Labels, all: readonly Labels[]): [string, string][] {
  const pairs = Object.entries(labels).filter(([name]) => name !== "alertname");
  const telling = pairs.filter(([name, value]) => all.some((one) => one[name] !== value));
  return telling.length > 0 ? telling : pairs.filter(([name]) => name !== "severity" && name !== "owner");
}
