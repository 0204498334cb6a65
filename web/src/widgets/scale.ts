/** The scale of a gauge: its ends, and the zones that thresholds make on it. */

import type { FieldFormat } from "../data/fieldFormat";
import { colorOf } from "../data/fieldFormat";
import { valueBounds } from "../charts/ticks";

export interface GaugeScale {
  low: number;
  high: number;
  zones: { from: number; to: number; color: string }[];
  /** Where a value stands, 0 to 1. */
  part: (value: number) => number;
}

/** Ends as the field says; else 0 to 100 for shares, and round numbers around values and thresholds. */
export function gaugeScale(values: readonly number[], format: FieldFormat): GaugeScale {
  const marks = format.thresholds.flatMap((one) => (one.value === null ? [] : [one.value]));
  const seen = [...marks, ...values.filter(Number.isFinite), 0];
  const usual = format.unit === "percent" ? 100 : format.unit === "ratio" ? 1 : 0;
  const bounds = valueBounds(Math.min(...seen), Math.max(usual, ...seen), format.unit, 4, true);
  const low = format.min ?? bounds.low;
  const high = format.max ?? (usual > 0 && Math.max(...seen) <= usual ? usual : bounds.high);
  const span = high > low ? high - low : 1;
  const part = (at: number): number => Math.max(0, Math.min(1, (at - low) / span));
  const sorted = [...format.thresholds].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));
  const zones = sorted.map((one, at) => ({
    from: part(one.value ?? -Infinity),
    to: part(sorted[at + 1]?.value ?? Infinity),
    color: colorOf(one) ?? "line",
  }));
  return { low, high, zones: zones.filter((one) => one.to > one.from), part };
}
