/** What alerts were in a stretch of time, one line for each alert. Pure. */

import type { AlertPeriod } from "../../../api/alerts";
import type { Labels } from "../../../data/labels";
import { identity } from "../../../data/labels";
import type { Interval } from "../../../data/timeRange";

export interface PastAlert {
  key: string;
  labels: Labels;
  name: string;
  severity: string;
  /** Oldest first. */
  periods: readonly AlertPeriod[];
  /** How often it fired, and how long within the stretch. */
  fired: number;
  firing_ms: number;
  /** When it began last, and what it still is. */
  last_ms: number;
  now: AlertPeriod["state"] | "over";
}

/** What began last comes first. */
export function pastAlerts(periods: readonly AlertPeriod[], window: Interval): PastAlert[] {
  const found = new Map<string, AlertPeriod[]>();
  for (const one of periods) {
    const key = identity(one.labels);
    const there = found.get(key);
    if (there === undefined) found.set(key, [one]);
    else there.push(one);
  }
  return [...found]
    .map(([key, own]): PastAlert => {
      const firing = own.filter((one) => one.state === "firing");
      const labels = own[0]?.labels ?? {};
      return {
        key,
        labels,
        name: labels["alertname"] ?? "Alert",
        severity: labels["severity"] ?? "",
        periods: [...own].sort((a, b) => a.start_ms - b.start_ms),
        fired: firing.length,
        firing_ms: firing.reduce((sum, one) => sum + lengthWithin(one, window), 0),
        last_ms: Math.max(...own.map((one) => one.start_ms)),
        now: own.find((one) => one.end_ms === null)?.state ?? "over",
      };
    })
    .sort((a, b) => b.last_ms - a.last_ms || (a.key < b.key ? -1 : 1));
}

const lengthWithin = ({ start_ms, end_ms }: AlertPeriod, window: Interval): number =>
  Math.max(0, Math.min(end_ms ?? window.end_ms, window.end_ms) - Math.max(start_ms, window.start_ms));

export interface Bar {
  x: number;
  width: number;
  state: AlertPeriod["state"];
}

/** Where periods are in a strip that is `wide`; none is too short to be seen. */
export function barsOf(periods: readonly AlertPeriod[], window: Interval, wide: number): Bar[] {
  const scale = wide / Math.max(1, window.end_ms - window.start_ms);
  return periods.flatMap((one): Bar[] => {
    const [start_ms, end_ms] = [one.start_ms, one.end_ms ?? window.end_ms];
    if (end_ms < window.start_ms || start_ms > window.end_ms) return [];
    const width = Math.max(2, lengthWithin(one, window) * scale);
    const x = Math.min(wide - width, Math.max(0, (start_ms - window.start_ms) * scale));
    return [{ x, width, state: one.state }];
  });
}
