/** Where ticks stand and what they say. */

import type { Unit } from "../data/format";
import { isPlain, scale } from "../data/format";
import type { Zone } from "../data/timeRange";
import { dateFormat, zoneOffsetMs } from "../data/timeRange";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];

export function timeStep(span_ms: number, ticks: number): number {
  const wanted = span_ms / Math.max(1, ticks);
  return TIME_STEPS_MS.find((step_ms) => step_ms >= wanted) ?? 365 * DAY;
}

/** Moments on round local times inside the window. */
export function timeTicks(start_ms: number, end_ms: number, step_ms: number, zone: Zone): number[] {
  const offset_ms = zoneOffsetMs(zone, end_ms);
  const ticks: number[] = [];
  for (
    let local = Math.ceil((start_ms + offset_ms) / step_ms) * step_ms;
    local <= end_ms + offset_ms;
    local += step_ms
  ) {
    ticks.push(local - offset_ms);
  }
  return ticks;
}

export function timeLabel(time_ms: number, step_ms: number, zone: Zone): string {
  if (step_ms >= DAY) return dateFormat(zone, { day: "numeric", month: "short" }).format(time_ms);
  const clock = dateFormat(zone, {
    hour: "2-digit",
    minute: "2-digit",
    ...(step_ms < MINUTE ? { second: "2-digit" } : {}),
  }).format(time_ms);
  if (clock === "00:00") return dateFormat(zone, { day: "numeric", month: "short" }).format(time_ms);
  return clock;
}

/** A round step of 1, 2 or 5 times a power of ten, or of two for bytes. */
export function valueStep(span: number, ticks: number, unit: Unit): number {
  const raw = span / Math.max(1, ticks);
  if (raw <= 0 || !Number.isFinite(raw)) return 1;
  if (unit === "bytes" && raw >= 1) {
    const prefix = 1024 ** Math.floor(Math.log(raw) / Math.log(1024));
    const within = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((count) => count * prefix >= raw);
    return within === undefined ? prefix * 1024 : within * prefix;
  }
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((count) => count * power >= raw * 0.999) ?? 10) * power;
}

export interface Bounds {
  low: number;
  high: number;
  step: number;
}

/**
 * The vertical range: from 0 when `fromZero` or when the values are near it, on round steps, with room above.
 * A flat line of zeros gets 0 to 1.
 */
export function valueBounds(min: number, max: number, unit: Unit, ticks: number, fromZero: boolean): Bounds {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { low: 0, high: 1, step: 1 };
  const far = min > 0 && max - min < max * 0.15;
  const below = max < 0 && max - min < -min * 0.15;
  let low = fromZero || !far ? Math.min(0, min) : min;
  let high = fromZero || !below ? Math.max(0, max) : max;
  if (high - low < Math.max(Math.abs(high), Math.abs(low)) * 1e-9 || high === low) {
    const spread = Math.abs(high) * 0.1 || 1;
    if (high === 0) return { low: 0, high: 1, step: 1 };
    low = fromZero ? Math.min(0, low) : low - spread;
    high = high + spread;
  }
  const step = valueStep(high - low, ticks, unit);
  low = Math.floor(low / step + 1e-9) * step;
  const top = Math.ceil(high / step - 1e-9) * step;
  return { low, high: top === low ? low + step : top, step };
}

export function valueTicks({ low, high, step }: Bounds): number[] {
  const ticks: number[] = [];
  for (let at = 0; low + at * step <= high + step * 1e-6 && at < 50; at += 1) {
    const value = low + at * step;
    ticks.push(Math.abs(value) < step * 1e-6 ? 0 : value);
  }
  return ticks;
}

/** Labels of one axis share a prefix, and only as many decimals as the step needs. */
export function valueLabels(ticks: readonly number[], unit: Unit): string[] {
  const reference = ticks.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const gap = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const told = (decimals: number | null): string[] =>
    ticks.map((value) => {
      if (value === 0) return "0";
      const scaled = scale(value, unit, reference, decimals);
      if (unit === "ratio") return `${axisNumber(value * 100, gap * 100, reference * 100)}\u2009%`;
      // a second, °C and the like stand in the header, not at each tick
      if (scaled.unit === "%" || isPlain(unit)) return axisNumber(value, gap, reference);
      return `${axisTrim(scaled.text)}\u2009${scaled.unit}`;
    });
  let labels = told(null);
  // three digits do not tell 64.91 from 64.93
  for (let decimals = 1; decimals <= 6 && new Set(labels).size < labels.length; decimals += 1) labels = told(decimals);
  return labels;
}

function axisTrim(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function axisNumber(value: number, gap: number, reference: number): string {
  for (const [limit, prefix] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (reference < limit) continue;
    const divisor = prefix === "k" ? 1000 : limit;
    return `${axisTrim((value / divisor).toFixed(decimalsFor(gap / divisor)))}\u2009${prefix}`;
  }
  if (reference < 1e-4) return value.toExponential(0);
  return axisTrim(value.toFixed(decimalsFor(gap)));
}

function decimalsFor(gap: number): number {
  return Math.max(0, Math.min(8, -Math.floor(Math.log10(gap) + 1e-9)));
}
