/** Tiles of equal size in a box. */

/** How many tiles stand side by side so that each comes nearest to a shape (width by height). */
export function tileColumns(count: number, width: number, height: number, ideal = 2): number {
  let [best, off] = [1, Infinity];
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const shape = width / columns / (height / rows);
    const distance = Math.abs(Math.log(shape / ideal)) + (columns * rows - count) * 0.4;
    if (distance < off) [best, off] = [columns, distance];
  }
  return best;
}
