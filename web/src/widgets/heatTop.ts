import { valueBounds } from "../charts/ticks";
import type { Unit } from "../data/format";
import type { MatrixView } from "../data/matrix";

/** The end of the colour scale: a round number at or above every value, so that it seldom moves. */
export function heatTop({ series }: MatrixView, unit: Unit): number {
  let most = 0;
  for (const { values } of series) for (const value of values) if (value > most && value < Infinity) most = value;
  return valueBounds(0, most, unit, 5, true).high;
}
