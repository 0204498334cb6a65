/** Ways from point to point: straight, in steps, or smooth without going beyond the values. */

import type { PathSink } from "./paths";

export type Curve = "linear" | "smooth" | "step";

/** Slopes at each point so that the curve stays between neighbours (Fritsch and Carlson). */
export function monotoneSlopes(xs: readonly number[], ys: readonly number[]): number[] {
  const last = xs.length - 1;
  const between: number[] = [];
  for (let at = 0; at < last; at += 1) {
    between.push(((ys[at + 1] ?? 0) - (ys[at] ?? 0)) / Math.max(1e-9, (xs[at + 1] ?? 0) - (xs[at] ?? 0)));
  }
  const slopes = xs.map((_, at) => {
    const [before, after] = [between[at - 1] ?? between[at] ?? 0, between[at] ?? between[at - 1] ?? 0];
    return before * after <= 0 ? 0 : (before + after) / 2;
  });
  between.forEach((slope, at) => {
    if (slope === 0) {
      slopes[at] = 0;
      slopes[at + 1] = 0;
      return;
    }
    const [a, b] = [(slopes[at] ?? 0) / slope, (slopes[at + 1] ?? 0) / slope];
    const size = a * a + b * b;
    if (size <= 9) return;
    const scale = 3 / Math.sqrt(size);
    slopes[at] = scale * a * slope;
    slopes[at + 1] = scale * b * slope;
  });
  return slopes;
}

/** Draws through points that rise in x; `back` draws from the last to the first. `join` goes on from where the pen is. */
export function drawCurve(
  sink: PathSink,
  xs: readonly number[],
  ys: readonly number[],
  curve: Curve,
  way: { join: boolean; back: boolean },
): void {
  const order = xs.map((_, at) => (way.back ? xs.length - 1 - at : at));
  const slopes = curve === "smooth" ? monotoneSlopes(xs, ys) : [];
  order.forEach((at, position) => {
    const [x, y] = [xs[at] ?? 0, ys[at] ?? 0];
    if (position === 0) {
      if (way.join) sink.lineTo(x, y);
      else sink.moveTo(x, y);
      return;
    }
    const from = order[position - 1] ?? 0;
    const [x0, y0] = [xs[from] ?? 0, ys[from] ?? 0];
    if (curve === "step") {
      // a value holds until the next one
      if (way.back) sink.lineTo(x0, y);
      else sink.lineTo(x, y0);
      sink.lineTo(x, y);
    } else if (curve === "smooth") {
      const third = (x - x0) / 3;
      sink.bezierCurveTo(x0 + third, y0 + third * (slopes[from] ?? 0), x - third, y - third * (slopes[at] ?? 0), x, y);
    } else sink.lineTo(x, y);
  });
}
