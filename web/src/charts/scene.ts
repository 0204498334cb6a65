/** What a chart shows at a moment: values, window and range, and how they are painted. No uPlot, no pointer. */

import type { Unit } from "../data/format";
import { format } from "../data/format";
import type { MatrixView } from "../data/matrix";
import { lowerBound } from "../data/matrix";
import type { Interval, Zone } from "../data/timeRange";
import type { ValueAxis } from "./axis";
import { measureAxis, withLimits } from "./axis";
import { traceBars } from "./bars";
import { findGaps } from "./gaps";
import { drawHeat } from "./heat";
import { hatchPattern } from "./hatch";
import type { AxisLook, FieldLook, SeriesLook } from "./look";
import { marksAt, paintBands, paintMarks, paintThresholds, paintZones, traceBand } from "./overlay";
import type { Slot, Theme } from "./palette";
import type { Geometry } from "./paths";
import { toX, toY, trace } from "./paths";
import { fillMissing, shareColumns, stackColumns } from "./stack";
import { timeStep, timeTicks } from "./ticks";
import type { TooltipRow } from "./tooltip";

export type ChartKind = "lines" | "area" | "stacked" | "heat";

export interface ChartSeries {
  key: string;
  name: string;
  slot: Slot;
  /** How it is drawn, where that differs from the chart's kind. */
  look?: SeriesLook;
}

export interface ChartOptions {
  kind: ChartKind;
  unit: Unit;
  zone: Zone;
  /** A fixed top of the vertical range, for shares of a whole. */
  max?: number;
  /** The newest value carries a dot. */
  live: boolean;
  /** Nothing new came: series are grey. */
  stale: boolean;
  /** Stacks, axes, thresholds and marks, where the chart has more than its kind says. */
  look?: FieldLook;
}

const ENVELOPE = 0.16;
/** Marks that are read at a time, and how near the pointer has to be. */
const NOTES = 4;
const NEAR_MARK_PX = 6;

/** The plot area in canvas pixels. */
export interface PlotBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class ChartScene {
  view: MatrixView = { step_ms: 1000, times_ms: new Float64Array(0), series: [] };
  series: ChartSeries[] = [];
  /** Values in the order of `series`; `edges` are what is drawn: the same, or upper edges of a stack. */
  columns: Float64Array[] = [];
  edges: Float64Array[] = [];
  /** What each series stands on: the edge of the one below in a stack. */
  private bases: (Float64Array | null)[] = [];
  left: ValueAxis;
  right: ValueAxis | null = null;
  drawn: Interval = { start_ms: 0, end_ms: 1 };
  /** The series that stand out; null: all alike. */
  focused: ReadonlySet<string> | null = null;
  width = 0;
  height = 0;

  constructor(
    public options: ChartOptions,
    private readonly theme: () => Theme,
  ) {
    this.left = measureAxis([NaN, NaN, NaN], this.leftLook(), 3, true);
  }

  setData(view: MatrixView, series: ChartSeries[]): void {
    this.view = view;
    this.series = series;
    const known = new Map(view.series.map((one) => [one.key, one.values]));
    this.columns = series.map((one) => known.get(one.key) ?? new Float64Array(view.times_ms.length).fill(NaN));
    const filled = this.columns.map((column, at) => {
      const nulls = series[at]?.look?.nulls ?? "gap";
      return nulls === "gap" ? column : fillMissing(column, nulls);
    });
    this.edges = filled;
    this.bases = filled.map(() => null);
    const stack = this.options.look?.stack ?? (this.options.kind === "stacked" ? "normal" : "none");
    if (stack === "none") return;
    for (const axis of ["left", "right"] as const) {
      const places = series.flatMap((one, at) => (one.look?.past !== true && this.axisOf(at) === axis ? [at] : []));
      const parts = places.map((at) => filled[at] ?? new Float64Array(0));
      stackColumns(stack === "percent" ? shareColumns(parts) : parts).forEach((edge, order) => {
        this.edges[places[order] ?? 0] = edge;
        const below = places[order - 1];
        if (below !== undefined) this.bases[places[order] ?? 0] = this.edges[below] ?? null;
      });
    }
  }

  isDimmed(key: string): boolean {
    return this.focused !== null && !this.focused.has(key);
  }

  private axisOf(at: number): "left" | "right" {
    return this.series[at]?.look?.axis === "right" ? "right" : "left";
  }

  private leftLook(): AxisLook {
    const { unit, look } = this.options;
    const plain: AxisLook = { unit, scale: "linear", min: null, max: null, decimals: null };
    const chosen = look?.left ?? plain;
    return look?.stack === "percent" ? { ...chosen, unit: "percent", scale: "linear", min: 0, max: 100 } : chosen;
  }

  rows(): [number, number] {
    const { times_ms } = this.view;
    const first = lowerBound(times_ms, times_ms.length, this.drawn.start_ms) - 1;
    const last = lowerBound(times_ms, times_ms.length, this.drawn.end_ms);
    return [Math.max(0, first), Math.min(times_ms.length - 1, last)];
  }

  /** The vertical ranges for what is inside the window. */
  measure(): void {
    const { kind, look } = this.options;
    if (kind === "heat") {
      const rows = Math.max(1, this.columns.length);
      const plain: AxisLook = { unit: "number", scale: "linear", min: 0, max: rows, decimals: null };
      this.left = measureAxis([0, rows, 1], plain, 1, true);
      this.right = null;
      return;
    }
    const ticks = Math.max(2, Math.min(5, Math.floor(this.height / 46)));
    const onRight = this.series.some((_, at) => this.axisOf(at) === "right");
    this.left = measureAxis(this.extent("left"), this.leftLook(), ticks, this.fromZero("left"));
    this.right =
      onRight && look !== undefined
        ? measureAxis(this.extent("right"), look.right, ticks, this.fromZero("right"))
        : null;
  }

  private fromZero(axis: "left" | "right"): boolean {
    const { kind, look } = this.options;
    if (kind !== "lines" || (look !== undefined && look.stack !== "none")) return true;
    const solid = (one: SeriesLook | undefined): boolean => one?.shape === "area" || one?.shape === "bars";
    return this.series.some((one, at) => this.axisOf(at) === axis && solid(one.look));
  }

  private extent(axis: "left" | "right"): [number, number, number] {
    let [min, max, above] = [Infinity, -Infinity, Infinity];
    const [first, last] = this.rows();
    const see = (column: Float64Array | null): void => {
      for (let row = first; column !== null && row <= last; row += 1) {
        const value = column[row] ?? NaN;
        if (value < min && value > -Infinity) min = value;
        if (value > max && value < Infinity) max = value;
        if (value > 0 && value < above) above = value;
      }
    };
    this.edges.forEach((column, at) => {
      if (this.axisOf(at) !== axis) return;
      see(column);
      see(this.envelope(at)?.low ?? null);
      see(this.envelope(at)?.high ?? null);
    });
    if (axis === "left") [min, max] = withLimits([min, max], this.options.look?.limits, this.fromZero(axis));
    // shares of a whole add up to a little more than it, as they were not read at the same instant
    if (this.options.unit === "percent" && max > 100 && max < 120) max = 100;
    const fixed = this.options.max;
    if (fixed !== undefined && axis === "left") max = Math.max(fixed, max);
    return [min, max, above];
  }

  private envelope(at: number): { low: Float64Array; high: Float64Array } | null {
    const look = this.series[at]?.look;
    if (look === undefined || look.low === null || look.high === null || this.bases[at] !== null) return null;
    if (this.options.look !== undefined && this.options.look.stack !== "none") return null;
    return { low: look.low, high: look.high };
  }

  heatLabels(): string[] {
    const every = Math.max(1, Math.ceil((this.columns.length * 15) / Math.max(1, this.height - 30)));
    // row 0 is drawn at the top, the scale grows upwards
    return this.series.map((_, row) =>
      row % every === 0 ? (this.series[this.series.length - 1 - row]?.name ?? "") : "",
    );
  }

  /** Line and area of one series. */
  paths(box: PlotBox, at: number): { stroke: Path2D; fill: Path2D | null } {
    const look = this.series[at]?.look;
    const shape = look?.shape ?? (this.options.kind === "lines" ? "line" : "area");
    const stroke = new Path2D();
    const fill = shape === "line" || shape === "points" ? null : new Path2D();
    const values = this.edges[at];
    if (values === undefined || values.length === 0) return { stroke, fill };
    const geometry = this.geometryOf(box, at);
    const base = this.bases[at] ?? null;
    if (shape === "points") this.tracePoints(stroke, values, geometry, look?.width_px ?? 1.5);
    else if (shape === "bars" && fill !== null) {
      traceBars(fill, values, base, geometry, this.barPlace(at), devicePixelRatio);
    } else {
      const way = { curve: look?.curve ?? "linear", bridge: look?.nulls === "connect" };
      trace(values, geometry, this.rows(), stroke, fill, base, way);
    }
    return { stroke, fill };
  }

  private tracePoints(path: Path2D, values: Float64Array, geometry: Geometry, width_px: number): void {
    const [first, last] = this.rows();
    const radius = Math.max(1, width_px * 0.8) * devicePixelRatio;
    for (let row = first; row <= last; row += 1) {
      const value = values[row] ?? NaN;
      if (Number.isNaN(value)) continue;
      const [x, y] = [toX(geometry, this.view.times_ms[row] ?? 0), toY(geometry, value)];
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, Math.PI * 2);
    }
  }

  private barPlace(at: number): { at: number; count: number } {
    if (this.options.look?.stack !== "none") return { at: 0, count: 1 };
    const bars = this.series.flatMap((one, place) => (one.look?.shape === "bars" ? [place] : []));
    return { at: bars.indexOf(at), count: Math.max(1, bars.length) };
  }

  geometry(box: PlotBox, axis: ValueAxis = this.left): Geometry {
    const { left, top, width, height } = box;
    const { times_ms, step_ms } = this.view;
    const { low, high, warp } = axis;
    const geometry = { times_ms, step_ms, ...this.drawn, low, high, left, top, width, height };
    return axis.look.scale === "linear" ? geometry : { ...geometry, warp };
  }

  geometryOf(box: PlotBox, at: number): Geometry {
    return this.geometry(box, this.axisOf(at) === "right" && this.right !== null ? this.right : this.left);
  }

  color(at: number): string {
    const theme = this.theme();
    const one = this.series[at];
    if (this.options.stale || one?.look?.past === true) return theme.ghost;
    const own = one?.look?.color ?? null;
    return own === null ? (theme.categories[one?.slot.category ?? 0] ?? theme.axis) : theme.token(own);
  }

  timeStepMs(): number {
    const span = this.drawn.end_ms - this.drawn.start_ms;
    return timeStep(span, Math.max(1, (this.width - 50) / (span < 600_000 ? 92 : 76)));
  }

  timeSplits(): number[] {
    const { start_ms, end_ms } = this.drawn;
    const edge_ms = ((end_ms - start_ms) / Math.max(1, this.width)) * 24;
    return timeTicks(start_ms, end_ms, this.timeStepMs(), this.options.zone).filter(
      (time_ms) => time_ms > start_ms + edge_ms * 0.6 && time_ms < end_ms - edge_ms,
    );
  }

  /** Under the lines: heat cells, hatch, base line. */
  paintBack(ctx: CanvasRenderingContext2D, box: PlotBox): void {
    const geometry = this.geometry(box);
    const theme = this.theme();
    ctx.save();
    if (this.options.kind === "heat") {
      const series = this.columns.map((values, at) => ({ key: this.series[at]?.key ?? "", labels: {}, values }));
      const { step_ms, times_ms } = this.view;
      const isDimmed = (key: string): boolean => this.isDimmed(key);
      const max = this.options.max ?? 100;
      drawHeat(ctx, { step_ms, times_ms, series }, geometry, theme, max, devicePixelRatio, isDimmed);
    }
    const { look } = this.options;
    if (look !== undefined) {
      paintZones(ctx, look, geometry, theme);
      paintBands(ctx, look.marks, geometry, theme);
    }
    if (this.options.kind !== "heat" || this.columns.length === 0) this.paintGaps(ctx, geometry, theme);
    this.paintEnvelopes(ctx, box);
    ctx.strokeStyle = theme.line;
    ctx.lineWidth = devicePixelRatio;
    const y = Math.round(toY(geometry, Math.max(this.left.low, Math.min(0, this.left.high)))) + 0.5;
    if (this.options.kind !== "heat") {
      ctx.beginPath();
      ctx.moveTo(geometry.left, y);
      ctx.lineTo(geometry.left + geometry.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  private paintEnvelopes(ctx: CanvasRenderingContext2D, box: PlotBox): void {
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
    ctx.globalAlpha = ENVELOPE;
    this.series.forEach((one, at) => {
      const envelope = this.envelope(at);
      if (envelope === null || this.isDimmed(one.key)) return;
      const band = new Path2D();
      traceBand(envelope.low, envelope.high, this.geometryOf(box, at), this.rows(), band);
      ctx.fillStyle = this.color(at);
      ctx.fill(band);
    });
    ctx.restore();
  }

  private paintGaps(ctx: CanvasRenderingContext2D, geometry: Geometry, theme: Theme): void {
    if (this.view.times_ms.length === 0) return;
    const pattern = hatchPattern(ctx, theme, devicePixelRatio);
    if (pattern === null) return;
    const view = { ...this.view, series: this.view.series };
    ctx.fillStyle = pattern;
    for (const gap of findGaps(view, this.drawn.start_ms, this.drawn.end_ms)) {
      const x = toX(geometry, gap.start_ms);
      ctx.fillRect(x, geometry.top, toX(geometry, gap.end_ms) - x, geometry.height);
    }
  }

  /** Over the lines: thresholds, marks, and the dot at the newest value of each line. */
  paintFront(ctx: CanvasRenderingContext2D, box: PlotBox): void {
    const { look, kind } = this.options;
    if (look !== undefined) {
      paintThresholds(ctx, look, this.geometry(box), this.theme());
      paintMarks(ctx, look.marks, this.geometry(box), this.theme());
    }
    if (!this.options.live || this.options.stale || kind === "heat" || kind === "stacked") return;
    if (look !== undefined && look.stack !== "none") return;
    const row = this.view.times_ms.length - 1;
    const time_ms = this.view.times_ms[row];
    if (time_ms === undefined || time_ms < this.drawn.start_ms || time_ms > this.drawn.end_ms) return;
    this.edges.forEach((values, at) => {
      const value = values[row] ?? NaN;
      const one = this.series[at];
      if (Number.isNaN(value) || this.isDimmed(one?.key ?? "")) return;
      if (one?.look?.shape === "bars" || one?.look?.past === true) return;
      const geometry = this.geometryOf(box, at);
      ctx.beginPath();
      ctx.fillStyle = this.color(at);
      ctx.arc(toX(geometry, time_ms), toY(geometry, value), 2.5 * devicePixelRatio, 0, Math.PI * 2);
      ctx.fill();
    });
  }

  /** The marks at a moment on a plot of this width. */
  notesAt(time_ms: number, width_px: number): { title: string; text: string; color: string }[] {
    const { start_ms, end_ms } = this.drawn;
    const slack_ms = ((end_ms - start_ms) / Math.max(1, width_px)) * NEAR_MARK_PX;
    const found = marksAt(this.options.look?.marks ?? [], time_ms, slack_ms).slice(0, NOTES);
    return found.map(({ title, text, color }) => ({ title, text, color: this.theme().token(color) }));
  }

  /** Largest first; the one nearest to `height` (0 at the top of the plot, 1 at its base) is marked. */
  rowsAt(row: number, height: number): (TooltipRow & { key: string })[] {
    const found = this.columns.map((values, at) => ({ at, value: values[row] ?? NaN }));
    const present = found.filter((one) => !Number.isNaN(one.value)).sort((a, b) => b.value - a.value);
    const box = { left: 0, top: 0, width: 1, height: 1 };
    const distance = (at: number): number =>
      Math.abs(toY(this.geometryOf(box, at), this.edges[at]?.[row] ?? 0) - height);
    const nearest = present.reduce(
      (best, one) => (distance(one.at) < distance(best) ? one.at : best),
      present[0]?.at ?? -1,
    );
    return present.map(({ at, value }) => ({
      key: this.series[at]?.key ?? "",
      name: this.series[at]?.name ?? "",
      color: this.color(at),
      value: this.series[at]?.look?.write(value) ?? format(value, this.options.unit),
      near: at === nearest,
    }));
  }
}
