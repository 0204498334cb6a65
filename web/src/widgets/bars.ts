/** Series as bars: categories on an axis, parts side by side or on top of each other. */

import type { BarOptions } from "./kinds/bar";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface Bar {
  /** What it is one of: parts of one name have one colour. */
  part: string;
  series: WidgetSeries;
  value: number;
  /** Where it starts and ends: from zero, or on the one below. */
  from: number;
  to: number;
}

export interface BarGroup {
  name: string;
  bars: Bar[];
  total: number;
}

function partOf(series: WidgetSeries, label: string): string {
  const rest = Object.entries(series.labels).filter(([name]) => name !== label && name !== "__name__");
  return rest.length === 0 ? series.ref : rest.map(([, value]) => value).join(", ");
}

const ORDERS: Record<BarOptions["sort"], ((a: BarGroup, b: BarGroup) => number) | null> = {
  largest: (a, b) => b.total - a.total,
  smallest: (a, b) => a.total - b.total,
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  none: null,
};

export function barGroups(data: WidgetData, options: BarOptions): BarGroup[] {
  const groups = new Map<string, BarGroup>();
  for (const series of present(data.frame)) {
    const value = reduceSeries(data.frame.times, series.values, options.value, data.window);
    if (!Number.isFinite(value)) continue;
    const label = options.category;
    const name = label === "" ? series.name : (series.labels[label] ?? "none");
    const group = groups.get(name) ?? { name, bars: [], total: 0 };
    groups.set(name, group);
    group.bars.push({ part: label === "" ? series.key : partOf(series, label), series, value, from: 0, to: value });
    group.total += value;
  }
  const found = [...groups.values()];
  if (options.stack !== "none") for (const group of found) stack(group, options.stack === "percent");
  const order = ORDERS[options.sort];
  return order === null ? found : found.sort(order);
}

/** Below zero grows downwards; shares are of the sum of sizes. */
function stack(group: BarGroup, percent: boolean): void {
  const whole = group.bars.reduce((sum, one) => sum + Math.abs(one.value), 0);
  let [up, down] = [0, 0];
  for (const one of group.bars) {
    const size = percent ? (whole === 0 ? 0 : (one.value / whole) * 100) : one.value;
    one.from = size < 0 ? down : up;
    one.to = one.from + size;
    if (size < 0) down = one.to;
    else up = one.to;
  }
}
