/** What a chart shows at a moment: values, window and range, and how they are painted. No uPlot, no pointer. */

import type { Unit } from "../data/format";
import { format } from "../data/format";
import type { MatrixView } from "../data/matrix";
import { lowerBound } from "../data/matrix";
import type { Interval, Zone } from "../data/timeRange";
import { findGaps } from "./gaps";
import { drawHeat } from "./heat";
import { hatchPattern } from "./hatch";
import type { Slot, Theme } from "./palette";
import type { Geometry } from "./paths";
import { toX, toY, trace } from "./paths";
import { stackColumns } from "./stack";
import type { Bounds } from "./ticks";
import { timeStep, timeTicks, valueBounds } from "./ticks";
import type { TooltipRow } from "./tooltip";

export type ChartKind = "lines" | "area" | "stacked" | "heat";

export interface ChartSeries {
  key: string;
  name: string;
  slot: Slot;
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
}

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
  bounds: Bounds = { low: 0, high: 1, step: 1 };
  drawn: Interval = { start_ms: 0, end_ms: 1 };
  focused: string | null = null;
  width = 0;
  height = 0;

  constructor(
    public options: ChartOptions,
    private readonly theme: () => Theme,
  ) {}

  setData(view: MatrixView, series: ChartSeries[]): void {
    this.view = view;
    this.series = series;
    const known = new Map(view.series.map((one) => [one.key, one.values]));
    this.columns = series.map((one) => known.get(one.key) ?? new Float64Array(view.times_ms.length).fill(NaN));
    this.edges = this.options.kind === "stacked" ? stackColumns(this.columns) : this.columns;
  }

  rows(): [number, number] {
    const { times_ms } = this.view;
    const first = lowerBound(times_ms, times_ms.length, this.drawn.start_ms) - 1;
    const last = lowerBound(times_ms, times_ms.length, this.drawn.end_ms);
    return [Math.max(0, first), Math.min(times_ms.length - 1, last)];
  }

  /** The vertical range for what is inside the window. */
  measure(): Bounds {
    if (this.options.kind === "heat") return { low: 0, high: Math.max(1, this.columns.length), step: 1 };
    let [min, max] = [Infinity, -Infinity];
    const [first, last] = this.rows();
    for (const column of this.edges) {
      for (let row = first; row <= last; row += 1) {
        const value = column[row] ?? NaN;
        if (value < min && value > -Infinity) min = value;
        if (value > max && value < Infinity) max = value;
      }
    }
    const ticks = Math.max(2, Math.min(5, Math.floor(this.height / 46)));
    // shares of a whole add up to a little more than it, as they were not read at the same instant
    if (this.options.unit === "percent" && max > 100 && max < 120) max = 100;
    const fixed = this.options.max;
    if (fixed !== undefined) max = Math.max(fixed, max);
    return valueBounds(min, max, this.options.unit, ticks, this.options.kind !== "lines");
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
    const stroke = new Path2D();
    const fill = this.options.kind === "lines" ? null : new Path2D();
    const base = this.options.kind === "stacked" && at > 0 ? (this.edges[at - 1] ?? null) : null;
    const values = this.edges[at];
    if (values !== undefined && values.length > 0) trace(values, this.geometry(box), this.rows(), stroke, fill, base);
    return { stroke, fill };
  }

  geometry(box: PlotBox): Geometry {
    const { left, top, width, height } = box;
    const { times_ms, step_ms } = this.view;
    return { times_ms, step_ms, ...this.drawn, ...this.bounds, left, top, width, height };
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
      drawHeat(ctx, { step_ms, times_ms, series }, geometry, theme, this.options.max ?? 100, devicePixelRatio);
    }
    if (this.options.kind !== "heat" || this.columns.length === 0) this.paintGaps(ctx, geometry, theme);
    ctx.strokeStyle = theme.line;
    ctx.lineWidth = devicePixelRatio;
    const y = Math.round(toY(geometry, Math.max(this.bounds.low, Math.min(0, this.bounds.high)))) + 0.5;
    if (this.options.kind !== "heat") {
      ctx.beginPath();
      ctx.moveTo(geometry.left, y);
      ctx.lineTo(geometry.left + geometry.width, y);
      ctx.stroke();
    }
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

  /** The dot at the newest value of each line. */
  paintFront(ctx: CanvasRenderingContext2D, box: PlotBox): void {
    if (!this.options.live || this.options.stale || this.options.kind === "heat" || this.options.kind === "stacked")
      return;
    const geometry = this.geometry(box);
    const row = this.view.times_ms.length - 1;
    const time_ms = this.view.times_ms[row];
    if (time_ms === undefined || time_ms < this.drawn.start_ms || time_ms > this.drawn.end_ms) return;
    this.edges.forEach((values, at) => {
      const value = values[row] ?? NaN;
      const { key, slot } = this.series[at] ?? { key: "", slot: { category: 0 } };
      if (Number.isNaN(value) || (this.focused !== null && this.focused !== key)) return;
      ctx.beginPath();
      ctx.fillStyle = this.theme().categories[slot.category] ?? "";
      ctx.arc(toX(geometry, time_ms), toY(geometry, value), 2.5 * devicePixelRatio, 0, Math.PI * 2);
      ctx.fill();
    });
  }

  /** Largest first; the one nearest to `pointed` on the value axis is marked. */
  rowsAt(row: number, pointed: number): TooltipRow[] {
    const theme = this.theme();
    const found = this.columns.map((values, at) => ({ at, value: values[row] ?? NaN }));
    const present = found.filter((one) => !Number.isNaN(one.value)).sort((a, b) => b.value - a.value);
    const distance = (at: number): number => Math.abs((this.edges[at]?.[row] ?? 0) - pointed);
    const nearest = present.reduce(
      (best, one) => (distance(one.at) < distance(best) ? one.at : best),
      present[0]?.at ?? -1,
    );
    return present.map((one) => ({
      name: this.series[one.at]?.name ?? "",
      color: theme.categories[this.series[one.at]?.slot.category ?? 0] ?? theme.axis,
      value: format(one.value, this.options.unit),
      near: one.at === nearest,
    }));
  }
}
