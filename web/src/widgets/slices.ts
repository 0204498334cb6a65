/** Series as slices of a whole. */

import type { PieOptions } from "./kinds/pie";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface Slice {
  key: string;
  name: string;
  value: number;
  share: number;
  /** null for what is left of many. */
  series: WidgetSeries | null;
}

/** Largest first; what is below zero is no part of a whole and is counted apart. */
export function pieSlices(data: WidgetData, options: PieOptions): { slices: Slice[]; total: number; left: number } {
  const all = present(data.frame).map((series) => ({
    series,
    value: reduceSeries(data.frame.times, series.values, options.value, data.window),
  }));
  const parts = all.filter((one) => one.value > 0 && Number.isFinite(one.value)).sort((a, b) => b.value - a.value);
  const total = parts.reduce((sum, one) => sum + one.value, 0);
  const kept = parts.length > options.limit ? parts.slice(0, options.limit - 1) : parts;
  const slices: Slice[] = kept.map(({ series, value }) => ({
    key: series.key,
    name: series.name,
    value,
    share: value / total,
    series,
  }));
  const rest = parts.slice(kept.length).reduce((sum, one) => sum + one.value, 0);
  if (rest > 0)
    slices.push({
      key: "",
      name: `${parts.length - kept.length} others`,
      value: rest,
      share: rest / total,
      series: null,
    });
  return { slices, total, left: all.filter((one) => one.value < 0).length };
}
