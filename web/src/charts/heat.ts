/** Cells of a heat map: time on the x axis, one row for each series. */

import { lowerBound } from "../data/matrix";
import type { MatrixView } from "../data/matrix";
import { hatchPattern } from "./hatch";
import type { Geometry } from "./paths";
import { toX } from "./paths";
import type { Theme } from "./palette";

const CELL_PX = 6;
/** Of rows other than those that are pointed at. */
const DIM = 0.22;

/** How much time a cell holds: whole steps, at least CELL_PX wide. */
export function cellWidth(step_ms: number, span_ms: number, width_px: number): number {
  return Math.max(1, Math.ceil((CELL_PX / width_px) * (span_ms / step_ms) - 0.05)) * step_ms;
}

/** Colour index 0 to 7: small values get more of the ramp, as small differences there matter. */
export function heatLevel(value: number, max: number): number {
  if (max <= 0) return 0;
  return Math.max(0, Math.min(7, Math.floor((Math.max(0, value) / max) ** 0.62 * 8)));
}

/** Mean of a column's values in [from, to); NaN when there are none. */
export function meanBetween(times_ms: Float64Array, values: Float64Array, from_ms: number, to_ms: number): number {
  let [sum, count] = [0, 0];
  for (let row = lowerBound(times_ms, times_ms.length, from_ms); row < times_ms.length; row += 1) {
    if ((times_ms[row] ?? 0) >= to_ms) break;
    const value = values[row] ?? NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? NaN : sum / count;
}

export function drawHeat(
  context: CanvasRenderingContext2D,
  view: MatrixView,
  geometry: Geometry,
  theme: Theme,
  max: number,
  ratio: number,
  isDimmed: (key: string) => boolean = () => false,
): void {
  const cell_ms = cellWidth(view.step_ms, geometry.end_ms - geometry.start_ms, geometry.width / ratio);
  const rowHeight = geometry.height / Math.max(1, view.series.length);
  const newest = view.times_ms.at(-1) ?? -Infinity;
  const pattern = hatchPattern(context, theme, ratio);
  context.save();
  context.beginPath();
  context.rect(geometry.left, geometry.top, geometry.width, geometry.height);
  context.clip();
  const first = Math.floor(geometry.start_ms / cell_ms) * cell_ms;
  for (let from = first; from < geometry.end_ms; from += cell_ms) {
    const x = toX(geometry, from);
    const width = toX(geometry, from + cell_ms) - x;
    view.series.forEach((series, row) => {
      const value = meanBetween(view.times_ms, series.values, from, from + cell_ms);
      if (Number.isNaN(value) && from > newest) return;
      const missing = Number.isNaN(value);
      context.fillStyle = missing ? (pattern ?? theme.hatch) : (theme.sequential[heatLevel(value, max)] ?? theme.grid);
      const gap = missing ? 0 : ratio;
      context.globalAlpha = isDimmed(series.key) ? DIM : 1;
      context.fillRect(x, geometry.top + row * rowHeight, Math.max(1, width - gap), Math.max(1, rowHeight - gap));
    });
  }
  context.restore();
}
