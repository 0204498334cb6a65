/** Colours of series in every kind of widget: pinned, by threshold, or by the series' key. */

import { assignSlots } from "../charts/palette";
import type { Slot } from "../charts/palette";
import { fieldText, paletteToken } from "../data/fieldFormat";
import type { WidgetSeries } from "./plugin";

/** A category for each series; a pinned one (`s3`) wins, others make room for it. */
export function slotsOf(series: readonly WidgetSeries[]): Slot[] {
  const pinned = new Map<string, number>();
  for (const { key, format } of series) {
    const category = /^s(\d+)$/.exec(paletteToken(format.color) ?? "")?.[1];
    if (category !== undefined) pinned.set(key, Number(category) - 1);
  }
  const own = series.filter((one) => one.isPast !== true).map((one) => one.key);
  const slots = assignSlots(own, pinned);
  const byKey = new Map(own.map((key, at) => [key, slots[at]]));
  return series.map((one) => byKey.get(one.key) ?? { category: 0, dash: [] });
}

/** The token of a series' colour where it is not its category. */
export function ownColor(series: WidgetSeries, value: number): string | null {
  if (series.isPast === true) return "ghost";
  if (series.format.color === "thresholds") return fieldText(value, series.format).color || null;
  return paletteToken(series.format.color);
}

export function slotColor(series: WidgetSeries, slot: Slot | undefined, value: number): string {
  return `var(--${ownColor(series, value) ?? `s${(slot?.category ?? 0) + 1}`})`;
}

/** Text in a status' colour has a shade of its own that is read easily; marks have the plain one. */
export function textColor(token: string): string {
  return /^(ok|warn|crit|info|unknown)$/.test(token) ? `var(--${token}-text)` : `var(--${token})`;
}
