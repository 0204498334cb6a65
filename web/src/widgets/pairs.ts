/** Series of two queries with the same labels as points of a plane. */

import { identity } from "../data/labels";
import { lowerBound } from "../data/matrix";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present } from "./reduce";

export interface Pair {
  x: WidgetSeries;
  y: WidgetSeries;
}

function bareIdentity({ labels }: WidgetSeries): string {
  return identity(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== "__name__")));
}

/** Refs as chosen, else the first two that there are; with one query nothing is a pair. */
export function refsOf(series: readonly WidgetSeries[], wanted: readonly string[]): string[] {
  const refs = [...new Set(series.map((one) => one.ref))];
  const taken = new Set(wanted.filter((ref) => refs.includes(ref)));
  const free = refs.filter((ref) => !taken.has(ref));
  return wanted.map((ref) => (refs.includes(ref) ? ref : (free.shift() ?? "")));
}

/** Labels that both have are the same in both. */
function agrees(one: WidgetSeries, other: WidgetSeries): boolean {
  return Object.entries(one.labels).every(
    ([name, value]) => name === "__name__" || (other.labels[name] ?? value) === value,
  );
}

/** For each series of the first ref those of the others with the same labels, or a query's only one that fits. */
export function matchSeries(series: readonly WidgetSeries[], refs: readonly string[]): WidgetSeries[][] {
  const [first = "", ...rest] = refs;
  const others = rest.map((ref) => {
    const own = series.filter((one) => one.ref === ref);
    const byLabels = new Map(own.map((one) => [bareIdentity(one), one]));
    const [only] = own.length === 1 ? own : [];
    return (one: WidgetSeries) =>
      byLabels.get(bareIdentity(one)) ?? (only !== undefined && agrees(one, only) ? only : undefined);
  });
  return series.flatMap((one) => {
    if (one.ref !== first) return [];
    const partners = others.map((find) => find(one));
    return partners.every((partner) => partner !== undefined) ? [[one, ...partners]] : [];
  });
}

/** Rows in the window where every series has a value; only the newest when `last`. */
export function sharedRows(data: WidgetData, series: readonly WidgetSeries[], last: boolean): number[] {
  const { times } = data.frame;
  const alone = times.length === 1;
  const from = alone ? 0 : lowerBound(times, times.length, data.window.start_ms);
  const rows: number[] = [];
  for (let row = from; row < times.length && (alone || (times[row] ?? 0) <= data.window.end_ms); row += 1) {
    if (series.every((one) => Number.isFinite(one.values[row] ?? NaN))) rows.push(row);
  }
  return last ? rows.slice(-1) : rows;
}

export function pairsOf(data: WidgetData, x: string, y: string): Pair[] {
  const series = present(data.frame);
  return matchSeries(series, refsOf(series, [x, y])).flatMap(([a, b]) =>
    a === undefined || b === undefined ? [] : [{ x: a, y: b }],
  );
}

/** Least squares; null with fewer than two different x. */
export function trendOf(
  points: readonly (readonly [number, number])[],
): { slope: number; start: number; r2: number } | null {
  const count = points.length;
  const mean = (at: 0 | 1): number => points.reduce((sum, one) => sum + one[at], 0) / count;
  const [mx, my] = [mean(0), mean(1)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
  }
  if (count < 2 || xx === 0) return null;
  const slope = xy / xx;
  return { slope, start: my - slope * mx, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}
