/** Which series moved when an alert came: how far what they were then is from what they were before. Pure. */

import type { Labels } from "../../../data/labels";
import type { MatrixView } from "../../../data/matrix";
import type { Interval } from "../../../data/timeRange";

export interface Moved {
  key: string;
  labels: Labels;
  name: string;
  times_ms: Float64Array;
  /** What is shown: rates of counters, values of all others. */
  values: Float64Array;
  isRate: boolean;
  before: number;
  during: number;
  /** How many times its usual spread it is away from its usual value. */
  score: number;
}

/** By which labels series are about the same thing, the narrowest first. */
const PLACES = ["instance", "pod", "container", "node", "host", "device", "service", "app", "job", "cluster"];
const COUNTER = /_(total|count|sum|created)$/;
const MIN_POINTS = 3;
/** A change that is smaller than this part of the usual value is none. */
const LEAST = 0.02;
/** What is nearer than this many spreads is where it often is. */
const LEAST_SCORE = 2;
const FLOOR = 1e-12;

/** What to ask for: all series of the same place but buckets; null: the labels say nothing about a place. */
export function neighboursOf(labels: Labels): { promql: string; place: string } | null {
  const place = PLACES.find((name) => (labels[name] ?? "") !== "");
  if (place === undefined) return null;
  const value = labels[place] ?? "";
  const job = place === "instance" && (labels["job"] ?? "") !== "" ? `, job=${JSON.stringify(labels["job"])}` : "";
  const without = `__name__!~".+_bucket|ALERTS|ALERTS_FOR_STATE|scrape_.+"`;
  return { promql: `{${place}=${JSON.stringify(value)}${job}, ${without}}`, place: `${place} ${value}` };
}

/** What a counter grows by a second; a reset counts from 0. */
export function rates(values: Float64Array, step_ms: number): Float64Array {
  const found = new Float64Array(values.length).fill(NaN);
  for (let row = 1; row < values.length; row += 1) {
    const [before = NaN, now = NaN] = [values[row - 1], values[row]];
    found[row] = ((now < before ? now : now - before) * 1000) / step_ms;
  }
  return found;
}

interface Spread {
  count: number;
  mean: number;
  deviation: number;
}

function spreadOf(
  values: Float64Array,
  times_ms: Float64Array,
  { start_ms, end_ms }: Interval,
  without: readonly Interval[] = [],
): Spread {
  let [count, mean, squares] = [0, 0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const [time_ms = 0, value = NaN] = [times_ms[row], values[row]];
    if (time_ms < start_ms || time_ms >= end_ms || !Number.isFinite(value)) continue;
    if (without.some((one) => time_ms >= one.start_ms && time_ms <= one.end_ms)) continue;
    count += 1;
    const away = value - mean;
    mean += away / count;
    squares += away * (value - mean);
  }
  return { count, mean, deviation: count < 2 ? 0 : Math.sqrt(squares / (count - 1)) };
}

export interface Event extends Interval {
  /** Other times that the alert was open: what was then is not what is usual. */
  others: readonly Interval[];
}

/** Those that moved most, farthest first; `without`: metrics that the rule itself reads, which moved of course. */
export function whatMoved(
  { times_ms, series, step_ms }: MatrixView,
  event: Event,
  without: readonly string[],
  limit: number,
): Moved[] {
  const earlier = { start_ms: -Infinity, end_ms: event.start_ms };
  const found: Moved[] = [];
  for (const { key, labels, values } of series) {
    const name = labels["__name__"] ?? "";
    if (without.includes(name)) continue;
    const isRate = COUNTER.test(name);
    const shown = isRate ? rates(values, step_ms) : values;
    const quiet = spreadOf(shown, times_ms, earlier, event.others);
    // an alert that is nearly always open is compared with all there was
    const before = quiet.count < MIN_POINTS ? spreadOf(shown, times_ms, earlier) : quiet;
    const during = spreadOf(shown, times_ms, event);
    if (before.count < MIN_POINTS || during.count < 1) continue;
    const away = Math.abs(during.mean - before.mean);
    const size = Math.max(Math.abs(before.mean), Math.abs(during.mean));
    if (away <= FLOOR || away < LEAST * size) continue;
    const score = away / Math.max(before.deviation, LEAST * size);
    if (score < LEAST_SCORE) continue;
    found.push({ key, labels, name, times_ms, values: shown, isRate, before: before.mean, during: during.mean, score });
  }
  return found.sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1)).slice(0, limit);
}
