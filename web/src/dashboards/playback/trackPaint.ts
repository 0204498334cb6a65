/** The track of the player on canvas: one series over all that can be played, gaps, and stretches of alerts. */

import { findGaps } from "../../charts/gaps";
import { hatchPattern } from "../../charts/hatch";
import type { Theme } from "../../charts/palette";
import type { Geometry } from "../../charts/paths";
import { toX, trace } from "../../charts/paths";
import type { MatrixView } from "../../data/matrix";
import type { Mark } from "../../data/playbackMarks";
import type { Interval } from "../../data/timeRange";

export interface TrackPicture {
  range: Interval;
  /** Moments and one column; none: nothing is drawn but the stretches. */
  view: MatrixView;
  marks: readonly Mark[];
}

const BAR_PX = 2;
const ROOM = 0.1;
const TINT = 0.14;
const PIN_ROOM_PX = 120;

/** Where there is nothing to play, before the first and after the last value too. */
export function gapsOf({ range, view }: Pick<TrackPicture, "range" | "view">): Interval[] {
  if (view.times_ms.length === 0) return [];
  return findGaps(view, range.start_ms, range.end_ms);
}

export interface Pin {
  mark: Mark;
  x_px: number;
  /** There is room for its name before the next one. */
  named: boolean;
}

/** Pins stand where something begins. */
export function placePins(marks: readonly Mark[], { start_ms, end_ms }: Interval, width: number): Pin[] {
  const pins: Pin[] = [];
  let free_px = -Infinity;
  for (const mark of marks) {
    if (mark.kind === "gap" || mark.time_ms < start_ms || mark.time_ms > end_ms) continue;
    const x_px = ((mark.time_ms - start_ms) / (end_ms - start_ms)) * width;
    const named = x_px >= free_px && x_px < width - PIN_ROOM_PX;
    if (named) free_px = x_px + PIN_ROOM_PX;
    pins.push({ mark, x_px, named });
  }
  return pins;
}

function geometryOf({ range, view }: TrackPicture, width: number, height: number, ratio: number): Geometry {
  let [low, high] = [Infinity, -Infinity];
  for (const value of view.series[0]?.values ?? []) {
    if (value < low) low = value;
    if (value > high && value < Infinity) high = value;
  }
  if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 1, low + 1] : [0, 1];
  const { times_ms, step_ms } = view;
  const spread = (high - low) * ROOM;
  return {
    times_ms,
    step_ms,
    ...range,
    low: low - spread,
    high: high + spread,
    left: 0,
    top: (BAR_PX + 1) * ratio,
    width: width * ratio,
    height: (height - BAR_PX - 1) * ratio,
  };
}

/** What lies under the line: hatch where data is missing, a tint with a bar on top while an alert held. */
export function paintGround(ctx: CanvasRenderingContext2D, picture: TrackPicture, theme: Theme, ratio: number): void {
  const { width, height } = ctx.canvas;
  ctx.clearRect(0, 0, width, height);
  const geometry = geometryOf(picture, width / ratio, height / ratio, ratio);
  const stretch = (from_ms: number, to_ms: number, top: number, tall: number): void => {
    const x = toX(geometry, from_ms);
    ctx.fillRect(x, top, Math.max(1, toX(geometry, to_ms) - x), tall);
  };
  const pattern = hatchPattern(ctx, theme, ratio);
  if (pattern !== null) {
    ctx.fillStyle = pattern;
    for (const { start_ms, end_ms } of gapsOf(picture)) stretch(start_ms, end_ms, 0, height);
  }
  for (const { kind, time_ms, end_ms } of picture.marks) {
    if (end_ms === null || kind === "gap" || kind === "note") continue;
    ctx.fillStyle = theme.token(kind === "firing" ? "crit" : "warn");
    ctx.globalAlpha = TINT;
    stretch(time_ms, end_ms, 0, height);
    ctx.globalAlpha = 1;
    stretch(time_ms, end_ms, 0, BAR_PX * ratio);
  }
}

export function paintLine(
  ctx: CanvasRenderingContext2D,
  picture: TrackPicture,
  color: string,
  fill: number,
  ratio: number,
): void {
  const { width, height } = ctx.canvas;
  ctx.clearRect(0, 0, width, height);
  const values = picture.view.series[0]?.values;
  if (values === undefined) return;
  const geometry = geometryOf(picture, width / ratio, height / ratio, ratio);
  const line = new Path2D();
  const area = new Path2D();
  // down to the edge: the track shows a shape, it has no axis to stand on
  const base = new Float64Array(values.length).fill(geometry.low);
  trace(values, geometry, [0, values.length - 1], line, area, base);
  ctx.fillStyle = color;
  ctx.globalAlpha = fill;
  ctx.fill(area);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5 * ratio;
  ctx.lineJoin = "round";
  ctx.stroke(line);
}
