/** Bars over time: one for each step, side by side or on top of each other. */

import { lowerBound } from "../data/matrix";
import { cellWidth, meanBetween } from "./heat";
import type { Geometry } from "./paths";
import { toX, toY } from "./paths";

export interface BarPlace {
  /** Which of `count` bars that stand side by side. */
  at: number;
  count: number;
}

/** Rectangles of one series. Where steps are narrower than a bar, a bar is the mean of some. */
export function traceBars(
  path: { rect: (x: number, y: number, width: number, height: number) => void },
  values: Float64Array,
  base: Float64Array | null,
  geometry: Geometry,
  place: BarPlace,
  ratio: number,
): void {
  const cell_ms = cellWidth(geometry.step_ms, geometry.end_ms - geometry.start_ms, geometry.width / ratio);
  const cell_px = toX(geometry, geometry.start_ms + cell_ms) - geometry.left;
  const gap = cell_px > 6 * ratio ? Math.max(ratio, cell_px * 0.15) : 0;
  const width = (cell_px - gap) / place.count;
  const floor = toY(geometry, 0);
  const { times_ms } = geometry;
  const first = Math.floor(geometry.start_ms / cell_ms) * cell_ms;
  for (let from = first; from < geometry.end_ms; from += cell_ms) {
    if (lowerBound(times_ms, times_ms.length, from) >= times_ms.length) break;
    const value = meanBetween(times_ms, values, from, from + cell_ms);
    if (Number.isNaN(value)) continue;
    const below = base === null ? 0 : meanBetween(times_ms, base, from, from + cell_ms);
    const y = toY(geometry, value);
    const bottom = base === null || Number.isNaN(below) ? floor : toY(geometry, below);
    const x = toX(geometry, from) + gap / 2 + place.at * width;
    path.rect(x, Math.min(y, bottom), Math.max(1, width - (place.count > 1 ? ratio : 0)), Math.abs(bottom - y));
  }
}
