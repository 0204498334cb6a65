/** One chart over time on uPlot: lines, areas, stacks or a heat map that glide with the clock. Fetches nothing. */

import uPlot from "uplot";
import type { MatrixView } from "../data/matrix";
import { nearestIndex } from "../data/matrix";
import type { Interval } from "../data/timeRange";
import { formatMoment, zoneName } from "../data/timeRange";
import type { ValueAxis } from "./axis";
import { axisLabels } from "./axis";
import type { Crosshair } from "./crosshair";
import type { Theme } from "./palette";
import { withAlpha } from "./palette";
import { toX, toY } from "./paths";
import type { ChartOptions, ChartSeries } from "./scene";
import { ChartScene } from "./scene";
import type { SurfaceActions } from "./surface";
import { attachSurface, chartKey } from "./surface";
import { timeLabel } from "./ticks";
import type { TooltipLink } from "./tooltip";
import { Tooltip } from "./tooltip";

export interface ChartEvents {
  zoom: (start_ms: number, end_ms: number) => void;
  zoomOut: () => void;
  /** A moment or a stretch was chosen to be annotated. */
  annotate: (start_ms: number, end_ms: number) => void;
  /** What a screen reader hears while the crosshair is moved by keys. */
  spoken: (text: string) => void;
  /** The moment that is read with a finger, and each series' value then; null when none is. */
  readout: (readout: Readout | null) => void;
  /** Where the value that a series has at a moment leads. */
  links: (key: string, time_ms: number) => readonly TooltipLink[];
}

export interface Readout {
  time_ms: number;
  values: ReadonlyMap<string, number>;
}

export interface ChartServices {
  loop: { add: (draw: () => void) => () => void };
  crosshair: Crosshair;
  /** The visible window now; moves with the clock. */
  window: () => Interval;
  theme: () => Theme;
  /** Nothing may move by itself: charts move on only when data comes. */
  still: () => boolean;
  /** Fingers hide what floats beside them: values are read out below the chart instead of in a tooltip. */
  touch: () => boolean;
}

const MANY_SERIES = 8;
const DIM = 0.22;
const TOOLTIP_ROWS = 14;
const GLIDE_PX = 0.5;
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- uPlot's enum does not exist at run time
const RIGHT: NonNullable<uPlot.Axis["side"]> = 1;

export class TimeChart {
  private readonly scene: ChartScene;
  private plot: uPlot | null = null;
  private shape = "";
  private dirty = true;
  private pointerY = 0;
  private readoutRow = -1;
  /** Charts that are scrolled away are not painted. */
  private inView = true;
  private held = false;
  private readonly tooltip = new Tooltip();
  private readonly cursor = document.createElement("div");
  private readonly dots = document.createElement("div");
  private readonly ends: (() => void)[] = [];
  private detach: (() => void) | null = null;

  constructor(
    private readonly root: HTMLElement,
    options: ChartOptions,
    private readonly events: ChartEvents,
    private readonly services: ChartServices,
  ) {
    this.scene = new ChartScene(options, services.theme);
    this.cursor.className = "crosshair";
    this.dots.className = "crosshair-dots";
    const sizes = new ResizeObserver(() => this.resize());
    sizes.observe(root);
    const views = new IntersectionObserver((entries) => {
      this.inView = entries.at(-1)?.isIntersecting ?? true;
    });
    views.observe(root);
    const onKey = (event: KeyboardEvent): void => {
      if (chartKey(event, this.actions)) event.preventDefault();
    };
    const onScroll = (): void => this.tooltip.hide();
    root.addEventListener("keydown", onKey);
    window.addEventListener("scroll", onScroll, true);
    this.ends.push(
      () => sizes.disconnect(),
      () => views.disconnect(),
      () => root.removeEventListener("keydown", onKey),
      () => window.removeEventListener("scroll", onScroll, true),
      services.crosshair.watch(() => this.paintCrosshair()),
      services.loop.add(() => this.tick()),
    );
  }

  setOptions(options: ChartOptions): void {
    this.scene.options = options;
    this.dirty = true;
  }

  /** New values; `series` names, orders and chooses what is shown of the view. */
  setData(view: MatrixView, series: ChartSeries[]): void {
    this.scene.setData(view, series);
    this.dirty = true;
  }

  /** The series that stand out; null: all alike. */
  setFocus(keys: ReadonlySet<string> | null): void {
    if (this.scene.focused === keys) return;
    this.scene.focused = keys;
    this.dirty = true;
  }

  /** Theme or zone changed: everything is painted anew. */
  repaint(): void {
    this.shape = "";
    this.dirty = true;
  }

  destroy(): void {
    for (const end of this.ends) end();
    this.detach?.();
    this.services.crosshair.forget(this);
    this.tooltip.hide();
    this.plot?.destroy();
    this.plot = null;
  }

  private resize(): void {
    const width = Math.floor(this.root.clientWidth);
    const height = Math.floor(this.root.clientHeight);
    if (width === this.scene.width && height === this.scene.height) return;
    this.scene.width = width;
    this.scene.height = height;
    this.plot?.setSize({ width, height });
    this.dirty = true;
  }

  private tick(): void {
    if (!this.inView || this.held) return;
    // a plot is made for the shape of its series: without any it would be made twice
    if (this.plot === null && this.scene.series.length === 0) return;
    if (this.scene.width === 0) this.resize();
    if (this.scene.width < 40 || this.scene.height < 30) return;
    const window_ = this.services.window();
    const span = window_.end_ms - window_.start_ms;
    const moved_px = (Math.abs(window_.end_ms - this.scene.drawn.end_ms) / span) * this.scene.width * devicePixelRatio;
    const resized = Math.abs(span - (this.scene.drawn.end_ms - this.scene.drawn.start_ms)) > 1;
    const glides = moved_px >= GLIDE_PX && !this.services.still();
    if (!this.dirty && !resized && !glides) return;
    this.dirty = false;
    this.scene.drawn = window_;
    this.scene.measure();
    this.ensurePlot();
    const plot = this.plot;
    if (plot === null) return;
    const moved = plot.scales["x"]?.min !== window_.start_ms || plot.scales["x"].max !== window_.end_ms;
    plot.batch(() => {
      plot.setData([this.scene.view.times_ms, ...this.scene.edges], false);
      plot.setScale("x", { min: window_.start_ms, max: window_.end_ms });
      for (const [name, axis] of Object.entries({ y: this.scene.left, y2: this.scene.right ?? this.scene.left })) {
        plot.setScale(name, { min: axis.warp(axis.low), max: axis.warp(axis.high) });
      }
    });
    // paths are built anew only when the x scale moved; a redraw inside the batch would set it back
    if (!moved) plot.redraw(true, true);
    this.paintCrosshair();
  }

  // -- uPlot --------------------------------------------------------------------------------------------------------

  private ensurePlot(): void {
    const { series, right, options } = this.scene;
    const parts = series.map(({ key, slot, look }) =>
      [key, slot.category, look?.shape, look?.width_px, look?.past].join("\u0000"),
    );
    const shape = `${options.kind} ${String(right !== null)} ${parts.join("\u0001")}`;
    if (this.plot !== null && shape === this.shape) return;
    this.shape = shape;
    this.detach?.();
    this.plot?.destroy();
    this.plot = new uPlot(this.uplotOptions(), [new Float64Array(0)], this.root);
    this.plot.over.append(this.cursor, this.dots);
    this.detach = attachSurface(this.plot.over, this.actions);
  }

  private uplotOptions(): uPlot.Options {
    const axis = {
      stroke: () => this.services.theme().axis,
      font: this.services.theme().font,
      ticks: { show: false },
      // ticks are placed by `splits` alone, uPlot need not find an increment of its own
      incrs: () => [Number.MAX_VALUE],
    };
    const heat = this.scene.options.kind === "heat";
    return {
      width: this.scene.width,
      height: this.scene.height,
      padding: [8, 8, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: { x: { time: false, auto: false }, y: { auto: false }, y2: { auto: false } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 22,
          gap: 6,
          splits: () => this.scene.timeSplits(),
          values: (_, splits) => splits.map((at) => timeLabel(at, this.scene.timeStepMs(), this.scene.options.zone)),
        },
        {
          ...axis,
          ...this.valueAxis(() => this.scene.left),
          grid: { show: !heat, stroke: () => this.services.theme().grid, width: 1 },
          ...(heat
            ? {
                splits: () => this.scene.columns.map((_, row) => row + 0.5),
                values: () => this.scene.heatLabels(),
              }
            : {}),
        },
        ...(this.scene.right === null
          ? []
          : [{ ...axis, ...this.valueAxis(() => this.scene.right ?? this.scene.left), scale: "y2", side: RIGHT }]),
      ],
      series: [{}, ...this.scene.series.map((_, at) => this.uplotSeries(at))],
      hooks: {
        drawAxes: [(plot) => this.scene.paintBack(plot.ctx, plot.bbox)],
        draw: [(plot) => this.scene.paintFront(plot.ctx, plot.bbox)],
      },
    };
  }

  private valueAxis(of: () => ValueAxis): Partial<uPlot.Axis> {
    return {
      grid: { show: false },
      gap: 8,
      size: (_, values) => 14 + Math.max(12, ...((values as string[] | null) ?? []).map((text) => text.length * 6.3)),
      splits: () => of().ticks.map(of().warp),
      values: () => axisLabels(of()),
    };
  }

  private uplotSeries(at: number): uPlot.Series {
    const { slot, key, look } = this.scene.series[at] ?? { slot: { category: 0, dash: [] }, key: "", look: undefined };
    const { kind } = this.scene.options;
    const stacked = kind === "stacked" || (this.scene.options.look?.stack ?? "none") !== "none";
    const dimmed = (): number => (this.scene.isDimmed(key) ? DIM : 1);
    const plain = look?.shape === undefined ? kind === "lines" : look.shape === "line" || look.shape === "points";
    const share = look?.fill ?? (stacked ? 0.55 : 0.1);
    const width = look?.width_px ?? 1.5;
    return {
      stroke: () => withAlpha(this.scene.color(at), dimmed()),
      width: look?.shape === "bars" ? 0 : this.scene.series.length > MANY_SERIES ? Math.min(1, width) : width,
      points: { show: false },
      dash:
        look?.past === true ? [4, 3] : kind === "lines" && !stacked && look?.shape !== "points" ? [...slot.dash] : [],
      fill: () => (plain ? "transparent" : withAlpha(this.scene.color(at), share * dimmed())),
      paths: (plot) => (kind === "heat" ? null : uplotPaths(this.scene.paths(plot.bbox, at))),
    };
  }

  // -- crosshair ----------------------------------------------------------------------------------------------------

  private readonly actions: SurfaceActions = {
    read: (x, y) => {
      this.pointerY = y;
      this.services.crosshair.hover(this, this.timeAt(x));
    },
    leave: () => this.services.crosshair.leave(this),
    pin: (x) => this.services.crosshair.toggle(this, this.timeAt(x)),
    zoom: (from, to) => this.events.zoom(this.timeAt(from), this.timeAt(to)),
    zoomOut: () => {
      this.services.crosshair.clear();
      this.events.zoomOut();
    },
    annotate: (from, to) => this.events.annotate(this.timeAt(from), this.timeAt(to)),
    annotateHere: () => {
      const { moment } = this.services.crosshair;
      if (moment !== null) this.events.annotate(moment.time_ms, moment.time_ms);
    },
    step: (direction, far) => this.stepCrosshair(direction * (far ? 10 : 1)),
    pinHere: () => {
      const { moment } = this.services.crosshair;
      if (moment !== null) this.services.crosshair.toggle(this, moment.time_ms);
    },
    clear: () => this.services.crosshair.clear(),
    hold: (held) => {
      this.held = held;
    },
  };

  private timeAt(x: number): number {
    const { start_ms, end_ms } = this.scene.drawn;
    return start_ms + (x / Math.max(1, this.plot?.over.clientWidth ?? 1)) * (end_ms - start_ms);
  }

  private stepCrosshair(rows: number): void {
    const { times_ms } = this.scene.view;
    if (times_ms.length === 0) return;
    const { crosshair } = this.services;
    const from = crosshair.moment === null ? times_ms.length - 1 : nearestIndex(times_ms, crosshair.moment.time_ms);
    const row = Math.max(0, Math.min(times_ms.length - 1, crosshair.moment === null ? from : from + rows));
    const time_ms = Math.max(this.scene.drawn.start_ms, times_ms[row] ?? 0);
    if (crosshair.moment?.pinned === true) crosshair.clear();
    crosshair.hover(this, time_ms);
    const said = this.scene.rowsAt(row, this.pointed()).map((one) => `${one.name} ${one.value}`);
    this.events.spoken(`${formatMoment(time_ms, this.scene.options.zone, false, true)}: ${said.join(", ")}`);
  }

  private tellReadout(row: number): void {
    if (row === this.readoutRow) return;
    this.readoutRow = row;
    const values = new Map(
      this.scene.columns.map((column, at) => [this.scene.series[at]?.key ?? "", column[row] ?? NaN]),
    );
    this.events.readout(row < 0 ? null : { time_ms: this.scene.view.times_ms[row] ?? 0, values });
  }

  private paintCrosshair(): void {
    const { crosshair } = this.services;
    const { moment } = crosshair;
    const plot = this.plot;
    const visible =
      plot !== null && moment !== null && crosshair.showsIn(this) &&
      moment.time_ms >= this.scene.drawn.start_ms && moment.time_ms <= this.scene.drawn.end_ms; // prettier-ignore
    this.cursor.style.display = visible ? "block" : "none";
    this.dots.replaceChildren();
    if (!visible) {
      this.tellReadout(-1);
      this.tooltip.hide();
      return;
    }
    const geometry = this.scene.geometry(plot.bbox);
    const row = nearestIndex(this.scene.view.times_ms, moment.time_ms);
    const near = row >= 0 && Math.abs((this.scene.view.times_ms[row] ?? 0) - moment.time_ms) <= this.scene.view.step_ms;
    const x = (toX(geometry, moment.time_ms) - geometry.left) / devicePixelRatio;
    this.cursor.style.transform = `translateX(${Math.round(x)}px)`;
    if (near && (this.scene.options.kind === "lines" || this.scene.options.kind === "area")) this.paintDots(plot, row);
    if (this.services.touch()) this.tellReadout(near ? row : -1);
    else if (crosshair.showsTooltipIn(this)) this.paintTooltip(plot, moment.time_ms, near ? row : -1, x, moment.pinned);
    else this.tooltip.hide();
  }

  private paintDots(plot: uPlot, row: number): void {
    const first = this.scene.geometry(plot.bbox);
    const x = (toX(first, this.scene.view.times_ms[row] ?? 0) - first.left) / devicePixelRatio;
    this.scene.edges.slice(0, 40).forEach((values, at) => {
      const value = values[row] ?? NaN;
      if (Number.isNaN(value)) return;
      const dot = document.createElement("i");
      const geometry = this.scene.geometryOf(plot.bbox, at);
      dot.style.background = this.scene.color(at);
      dot.style.transform = `translate(${x}px, ${(toY(geometry, value) - geometry.top) / devicePixelRatio}px)`;
      this.dots.append(dot);
    });
  }

  /** The pointer's height: 0 at the top of the plot, 1 at its base. */
  private pointed(): number {
    return this.pointerY / Math.max(1, this.plot?.over.clientHeight ?? 1);
  }

  private paintTooltip(plot: uPlot, time_ms: number, row: number, x: number, pinned: boolean): void {
    const rows = row < 0 ? [] : this.scene.rowsAt(row, this.pointed());
    const { zone } = this.scene.options;
    const box = plot.over.getBoundingClientRect();
    const hidden = rows.length - TOOLTIP_ROWS;
    const foot =
      rows.length === 0 ? "No data" : hidden > 0 ? `and ${hidden} more` : pinned ? "Pinned, Esc lets go" : "";
    const shown = row < 0 ? time_ms : (this.scene.view.times_ms[row] ?? time_ms);
    const time = formatMoment(shown, zone, Date.now() - shown > 43_200_000, true);
    const content = {
      time,
      zone: zoneName(zone, shown),
      rows: rows
        .slice(0, TOOLTIP_ROWS)
        .map(({ key, ...one }) => (pinned ? { ...one, links: this.events.links(key, shown) } : one)),
      notes: this.scene.notesAt(time_ms, plot.over.clientWidth),
      foot,
    };
    this.tooltip.show(content, box.left + x, box.top + 8);
  }
}

function uplotPaths({ stroke, fill }: { stroke: Path2D; fill: Path2D | null }): uPlot.Series.Paths {
  return { stroke, ...(fill === null ? {} : { fill }), clip: null, flags: 1 };
}
