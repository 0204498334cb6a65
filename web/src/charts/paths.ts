/** Line and area paths over columns with NaN for "absent": breaks there, never bridges, thins out to a few points a pixel. */

import type { Curve } from "./curve";
import { drawCurve } from "./curve";
import { adjacent } from "./gaps";

export interface Geometry {
  times_ms: Float64Array;
  step_ms: number;
  start_ms: number;
  end_ms: number;
  low: number;
  high: number;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Values as heights, where the axis is not linear. */
  warp?: (value: number) => number;
}

export interface PathSink {
  moveTo: (x: number, y: number) => void;
  lineTo: (x: number, y: number) => void;
  bezierCurveTo: (x1: number, y1: number, x2: number, y2: number, x: number, y: number) => void;
  closePath: () => void;
}

const POINTS_A_PIXEL = 4;

/** Runs of rows [from, to] inside the window (one neighbour beyond each edge) whose values follow each other. */
export function runs(
  values: Float64Array,
  geometry: Geometry,
  first: number,
  last: number,
  bridge = false,
): [number, number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let row = first; row <= last; row += 1) {
    const missing = Number.isNaN(values[row] ?? NaN);
    const apart =
      from >= 0 && !bridge && !adjacent(geometry.times_ms[row - 1] ?? 0, geometry.times_ms[row] ?? 0, geometry.step_ms);
    if (from >= 0 && (missing || apart)) {
      found.push([from, row - 1]);
      from = -1;
    }
    if (!missing && from < 0) from = row;
  }
  if (from >= 0) found.push([from, last]);
  return found;
}

/** Rows to draw of a run: all, or the lowest and highest of each pixel where there are many. */
export function thin(values: Float64Array, geometry: Geometry, from: number, to: number): number[] {
  const rows: number[] = [];
  if (to - from + 1 <= geometry.width * POINTS_A_PIXEL) {
    for (let row = from; row <= to; row += 1) rows.push(row);
    return rows;
  }
  const perMs = geometry.width / (geometry.end_ms - geometry.start_ms);
  let row = from;
  while (row <= to) {
    const pixel = Math.floor(((geometry.times_ms[row] ?? 0) - geometry.start_ms) * perMs);
    let [low, high, end] = [row, row, row];
    while (end <= to && Math.floor(((geometry.times_ms[end] ?? 0) - geometry.start_ms) * perMs) === pixel) {
      if ((values[end] ?? 0) < (values[low] ?? 0)) low = end;
      if ((values[end] ?? 0) > (values[high] ?? 0)) high = end;
      end += 1;
    }
    for (const kept of new Set([row, Math.min(low, high), Math.max(low, high), end - 1])) rows.push(kept);
    row = end;
  }
  return rows;
}

export function toX(geometry: Geometry, time_ms: number): number {
  return geometry.left + ((time_ms - geometry.start_ms) / (geometry.end_ms - geometry.start_ms)) * geometry.width;
}

/** Infinities are drawn at the edge. */
export function toY(geometry: Geometry, value: number): number {
  const { low, high, warp } = geometry;
  const part = warp === undefined ? (value - low) / (high - low) : (warp(value) - warp(low)) / (warp(high) - warp(low));
  // a logarithm of nothing is below everything
  const inside = Number.isNaN(part) ? -0.02 : Math.max(-0.02, Math.min(1.02, part));
  return geometry.top + (1 - inside) * geometry.height;
}

/** Draws the line, and the area down to `base` (a column below, or zero) when `fill` is given. */
export function trace(
  values: Float64Array,
  geometry: Geometry,
  rows: [number, number],
  line: PathSink,
  fill: PathSink | null,
  base: Float64Array | null,
  way: { curve: Curve; bridge: boolean } = { curve: "linear", bridge: false },
): void {
  for (const [from, to] of runs(values, geometry, rows[0], rows[1], way.bridge)) {
    const kept = thin(values, geometry, from, to);
    const curve = kept.length > geometry.width ? "linear" : way.curve;
    const xs = kept.map((row) => toX(geometry, geometry.times_ms[row] ?? 0));
    const ys = kept.map((row) => toY(geometry, values[row] ?? 0));
    drawCurve(line, xs, ys, curve, { join: false, back: false });
    // one lone value has no length: a short stroke shows it is there
    if (kept.length === 1) line.lineTo((xs[0] ?? 0) + 1, ys[0] ?? 0);
    if (fill === null) continue;
    drawCurve(fill, xs, ys, curve, { join: false, back: false });
    const floor = kept.map((row) => {
      const below = base === null ? 0 : (base[row] ?? 0);
      return toY(geometry, Number.isNaN(below) ? 0 : below);
    });
    drawCurve(fill, xs, floor, curve, { join: true, back: true });
    fill.closePath();
  }
}
