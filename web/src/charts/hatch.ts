/** The 45 degree hatch that stands for missing data. */

import type { Theme } from "./palette";

const CACHE = new Map<string, CanvasPattern | null>();
const TILE_PX = 6;

export function hatchPattern(context: CanvasRenderingContext2D, theme: Theme, ratio: number): CanvasPattern | null {
  const key = `${theme.hatch} ${ratio}`;
  const known = CACHE.get(key);
  if (known !== undefined) return known;
  const size = Math.round(TILE_PX * 1.4142 * ratio);
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return null;
  pen.strokeStyle = theme.hatch;
  pen.lineWidth = 1.2 * ratio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  CACHE.set(key, pattern);
  return pattern;
}
