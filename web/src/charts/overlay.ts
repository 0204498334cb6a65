/** What stands behind and before the lines: thresholds, marks, envelopes. Painted on a context in canvas pixels. */

import type { FieldLook, ThresholdLine, TimeMark } from "./look";
import type { Theme } from "./palette";
import type { Geometry, PathSink } from "./paths";
import { runs, thin, toX, toY } from "./paths";

const ZONE = 0.06;
const BAND = 0.12;
const FLAG_PX = 4;
/** Height of a line's name. */
const NAME_PX = 13;

/** The area between two columns, to be filled. */
export function traceBand(
  low: Float64Array,
  high: Float64Array,
  geometry: Geometry,
  rows: [number, number],
  sink: PathSink,
): void {
  for (const [from, to] of runs(high, geometry, rows[0], rows[1])) {
    const tops = thin(high, geometry, from, to);
    const bottoms = thin(low, geometry, from, to);
    tops.forEach((row, at) => {
      const [x, y] = [toX(geometry, geometry.times_ms[row] ?? 0), toY(geometry, high[row] ?? 0)];
      if (at === 0) sink.moveTo(x, y);
      else sink.lineTo(x, y);
    });
    for (const row of bottoms.reverse()) {
      sink.lineTo(toX(geometry, geometry.times_ms[row] ?? 0), toY(geometry, low[row] ?? high[row] ?? 0));
    }
    sink.closePath();
  }
}

/** Heights of each zone in the plot, lowest first: from a threshold to the next. */
export function zonesOf(thresholds: readonly ThresholdLine[]): { from: number; to: number; color: string }[] {
  const sorted = [...thresholds].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));
  return sorted.map((threshold, at) => ({
    from: threshold.value ?? -Infinity,
    to: sorted[at + 1]?.value ?? Infinity,
    color: threshold.color,
  }));
}

export function paintZones(ctx: CanvasRenderingContext2D, look: FieldLook, geometry: Geometry, theme: Theme): void {
  if (look.thresholdStyle !== "zone" && look.thresholdStyle !== "both") return;
  ctx.save();
  ctx.globalAlpha = ZONE;
  for (const { from, to, color } of zonesOf(look.thresholds)) {
    if (to <= geometry.low || from >= geometry.high || color === "") continue;
    const bottom = toY(geometry, Math.max(from, geometry.low));
    const top = toY(geometry, Math.min(to, geometry.high));
    ctx.fillStyle = theme.token(color);
    ctx.fillRect(geometry.left, top, geometry.width, bottom - top);
  }
  ctx.restore();
}

/** A text that stays readable on lines. */
function halo(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, color: string, theme: Theme): void {
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.strokeStyle = theme.panel;
  ctx.lineJoin = "round";
  ctx.setLineDash([]);
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

function scaledFont(theme: Theme): string {
  return theme.font.replace(/^(\d+)px/, (_, size: string) => `${Number(size) * devicePixelRatio}px`);
}

function vertical(ctx: CanvasRenderingContext2D, geometry: Geometry, x: number): void {
  ctx.beginPath();
  ctx.moveTo(x, geometry.top);
  ctx.lineTo(x, geometry.top + geometry.height);
  ctx.stroke();
}

export function paintThresholds(
  ctx: CanvasRenderingContext2D,
  look: FieldLook,
  geometry: Geometry,
  theme: Theme,
): void {
  const own = look.thresholdStyle === "line" || look.thresholdStyle === "both" ? look.thresholds : [];
  const lines = [...own, ...(look.limits ?? [])];
  if (lines.length === 0) return;
  const ratio = devicePixelRatio;
  const named: number[] = [];
  ctx.save();
  ctx.font = scaledFont(theme);
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  for (const { value, color, label } of lines) {
    if (value === null || value < geometry.low || value > geometry.high || color === "") continue;
    const y = Math.round(toY(geometry, value)) + 0.5;
    ctx.strokeStyle = theme.token(color);
    ctx.lineWidth = ratio;
    ctx.setLineDash([5 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(geometry.left, y);
    ctx.lineTo(geometry.left + geometry.width, y);
    ctx.stroke();
    const words = theme.token(`${color}-text`) || theme.token(color);
    // of names that would stand in each other the first is read
    if (label === "" || named.some((other) => Math.abs(other - y) < NAME_PX * ratio)) continue;
    named.push(y);
    const high = y - geometry.top < NAME_PX * ratio;
    ctx.textBaseline = high ? "top" : "bottom";
    halo(ctx, label, geometry.left + 4 * ratio, y + (high ? 3 : -2) * ratio, words, theme);
  }
  ctx.restore();
}

interface Band {
  start_ms: number;
  end_ms: number;
  color: string;
}

/** What lasts, within a time; bands of one colour that overlap are one, or many of them would hide what is before them. */
export function bandsOf(
  marks: readonly TimeMark[],
  { start_ms, end_ms }: { start_ms: number; end_ms: number },
): Band[] {
  const found: Band[] = [];
  const open = new Map<string, Band>();
  for (const mark of [...marks].sort((a, b) => a.time_ms - b.time_ms)) {
    if (mark.kind === "gap" || (mark.kind === "annotation" && mark.end_ms === null)) continue;
    const from = Math.max(start_ms, mark.time_ms);
    const to = Math.min(end_ms, mark.end_ms ?? end_ms);
    if (to <= from) continue;
    const before = open.get(mark.color);
    if (before !== undefined && from <= before.end_ms) before.end_ms = Math.max(before.end_ms, to);
    else {
      const band = { start_ms: from, end_ms: to, color: mark.color };
      open.set(mark.color, band);
      found.push(band);
    }
  }
  return found;
}

/** What lasts stands behind the lines, as it has a width. */
export function paintBands(
  ctx: CanvasRenderingContext2D,
  marks: readonly TimeMark[],
  geometry: Geometry,
  theme: Theme,
): void {
  ctx.save();
  for (const { start_ms, end_ms, color } of bandsOf(marks, geometry)) {
    const x = toX(geometry, start_ms);
    const width = toX(geometry, end_ms) - x;
    ctx.fillStyle = theme.token(color);
    ctx.globalAlpha = BAND;
    ctx.fillRect(x, geometry.top, width, geometry.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(x, geometry.top, width, 2 * devicePixelRatio);
  }
  ctx.restore();
}

/** The marks that a moment lies in, or is near to. */
export function marksAt(marks: readonly TimeMark[], time_ms: number, slack_ms: number): readonly TimeMark[] {
  return marks.filter(
    (one) =>
      one.kind !== "gap" && time_ms >= one.time_ms - slack_ms && time_ms <= (one.end_ms ?? one.time_ms) + slack_ms,
  );
}

/** Lines and flags of annotations, names where there is room. */
export function paintMarks(
  ctx: CanvasRenderingContext2D,
  marks: readonly TimeMark[],
  geometry: Geometry,
  theme: Theme,
): void {
  const ratio = devicePixelRatio;
  const right = geometry.left + geometry.width;
  let free = -Infinity;
  ctx.save();
  ctx.font = scaledFont(theme);
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  for (const mark of [...marks].sort((a, b) => a.time_ms - b.time_ms)) {
    const x = Math.round(toX(geometry, mark.time_ms)) + 0.5;
    if (mark.kind === "gap" || x < geometry.left || x > right) continue;
    if (mark.kind === "annotation") {
      ctx.strokeStyle = ctx.fillStyle = theme.token(mark.color);
      ctx.lineWidth = ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      vertical(ctx, geometry, x);
      const base = geometry.top + geometry.height;
      ctx.beginPath();
      ctx.moveTo(x, base - FLAG_PX * 1.6 * ratio);
      ctx.lineTo(x - FLAG_PX * ratio, base);
      ctx.lineTo(x + FLAG_PX * ratio, base);
      ctx.fill();
    }
    const width = ctx.measureText(mark.title).width + 8 * ratio;
    if (mark.title === "" || x < free || x + width > right) continue;
    const words = mark.kind === "alert" ? theme.token(`${mark.color}-text`) : theme.token("text-2");
    halo(ctx, mark.title, x + 4 * ratio, geometry.top + 3 * ratio, words, theme);
    free = x + width;
  }
  ctx.restore();
}
