/** Value axes: linear, logarithmic, or logarithmic on both sides of zero. */

import type { AxisLook, ThresholdLine } from "./look";
import type { Bounds } from "./ticks";
import { valueBounds, valueLabels, valueTicks } from "./ticks";

export type ScaleKind = "linear" | "log" | "symlog";

export interface ValueAxis extends Bounds {
  look: AxisLook;
  ticks: number[];
  /** A value as a height: equal distances are equal lengths. */
  warp: (value: number) => number;
}

const same = (value: number): number => value;
const symlog = (value: number): number => Math.sign(value) * Math.log10(1 + Math.abs(value));

export function warpOf(scale: ScaleKind): (value: number) => number {
  // what is not above zero has no place on a logarithmic axis: it is drawn at the lower edge
  return scale === "log" ? Math.log10 : scale === "symlog" ? symlog : same;
}

/** `leastAbove` is the least value above zero, for axes that cannot show zero. */
export function measureAxis(
  [min, max, leastAbove]: readonly [number, number, number],
  look: AxisLook,
  ticks: number,
  fromZero: boolean,
): ValueAxis {
  const warp = warpOf(look.scale);
  if (look.scale === "log") return { ...logBounds(leastAbove, max, look, ticks), look, warp };
  if (look.scale === "symlog") return { ...symlogBounds(min, max, look), look, warp };
  const bounds = valueBounds(
    Math.min(min, look.min ?? min),
    Math.max(max, look.max ?? max),
    look.unit,
    ticks,
    fromZero,
  );
  const low = look.min ?? bounds.low;
  const high = look.max ?? bounds.high;
  if (!(high > low)) return { ...bounds, look, warp, ticks: valueTicks(bounds) };
  const own = valueTicks(bounds).filter((tick) => tick >= low && tick <= high);
  return { low, high, step: bounds.step, look, warp, ticks: own };
}

/** A limit is shown with the values unless that would take more than half of the height from them. */
export function withLimits(
  [min, max]: readonly [number, number],
  limits: readonly ThresholdLine[] = [],
  fromZero: boolean,
): [number, number] {
  const [low, high] = fromZero ? [Math.min(min, 0), Math.max(max, 0)] : [min, max];
  const room = high > low ? high - low : Math.abs(high);
  const near = limits.flatMap(({ value }) =>
    value !== null && value >= low - room && value <= high + room ? [value] : [],
  );
  return [Math.min(min, ...near), Math.max(max, ...near)];
}

function logBounds(least: number, max: number, look: AxisLook, ticks: number): Bounds & { ticks: number[] } {
  const above = (value: number | null): number | null => (value !== null && value > 0 ? value : null);
  const top = above(look.max) ?? (max > 0 && Number.isFinite(max) ? max : 10);
  const bottom = Math.min(above(look.min) ?? (Number.isFinite(least) ? least : top / 10), top);
  const low = above(look.min) ?? 10 ** Math.floor(Math.log10(bottom) + 1e-9);
  const high = above(look.max) ?? 10 ** Math.ceil(Math.log10(top) - 1e-9);
  const end = high > low ? high : low * 10;
  const decades = Math.round(Math.log10(end / low));
  const every = Math.max(1, Math.ceil(decades / Math.max(2, ticks)));
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low) + 1e-9); 10 ** power <= end * 1.0001; power += every) {
    for (const count of decades <= 1 ? [1, 2, 5] : [1]) {
      const tick = count * 10 ** power;
      if (tick >= low * 0.9999 && tick <= end * 1.0001) found.push(tick);
    }
  }
  return { low, high: end, step: low, ticks: found };
}

function symlogBounds(min: number, max: number, look: AxisLook): Bounds & { ticks: number[] } {
  const edge = (value: number): number => (value === 0 ? 0 : Math.sign(value) * 10 ** Math.ceil(Math.log10(Math.abs(value)) - 1e-9)); // prettier-ignore
  const low = look.min ?? (Number.isFinite(min) ? Math.min(0, edge(min)) : 0);
  const high = look.max ?? (Number.isFinite(max) ? Math.max(low === 0 ? 1 : 0, edge(max)) : 1);
  const most = Math.max(Math.abs(low), Math.abs(high), 1);
  const every = Math.max(1, Math.ceil(Math.log10(most) / 3));
  const found = [0];
  for (let power = 0; 10 ** power <= most * 1.0001; power += every) found.push(10 ** power, -(10 ** power));
  return { low, high, step: 1, ticks: found.filter((tick) => tick >= low && tick <= high).sort((a, b) => a - b) };
}

export function axisLabels(axis: ValueAxis): string[] {
  const { unit, scale } = axis.look;
  // decades have nothing in common: each gets its own prefix
  if (scale !== "linear") return axis.ticks.map((tick) => valueLabels([tick], unit)[0] ?? "");
  return valueLabels(axis.ticks, unit);
}
