/** From a widget's series and options to what a chart over time draws. */

import type { AxisLook, FieldLook, SeriesLook, ThresholdLine, TimeMark } from "../charts/look";
import type { ChartSeries } from "../charts/scene";
import { DEFAULT_FORMAT, colorOf, paletteToken, writeField } from "../data/fieldFormat";
import type { FieldFormat } from "../data/fieldFormat";
import { ownColor, slotsOf } from "./colors";
import type { TimeOptions } from "./kinds/timeOptions";
import type { WidgetLimit, WidgetMark, WidgetSeries } from "./plugin";

const SHAPES = ["line", "area", "bars", "points"] as const;
const CURVES = ["linear", "smooth", "step"] as const;

function oneOf<T extends string>(value: unknown, words: readonly T[], otherwise: T): T {
  return words.find((word) => word === value) ?? otherwise;
}

function within(value: unknown, low: number, high: number, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(low, Math.min(high, value)) : otherwise;
}

/** `format.style` may come from an imported document: whatever is not understood is left out. */
export function seriesLook(series: WidgetSeries, options: TimeOptions): SeriesLook {
  const { format } = series;
  const past = series.isPast === true;
  const shape = past ? "line" : oneOf(format.style["shape"], SHAPES, options.shape);
  // what is stacked is an amount: it reaches from the one below
  const usual = options.stack !== "none" && (shape === "line" || shape === "area") ? 55 : options.fill;
  const fill = within(format.style["fill"], 0, 100, usual) / 100;
  const last = series.values.findLast((value) => !Number.isNaN(value)) ?? NaN;
  return {
    shape: shape === "line" && fill > 0 && !past ? "area" : shape,
    axis: format.axis,
    nulls: format.nulls,
    curve: oneOf(format.style["curve"], CURVES, options.curve),
    width_px: within(format.style["lineWidth"], 0.5, 10, options.lineWidth),
    fill: shape === "bars" ? Math.max(fill, 0.2) : fill,
    color: ownColor(series, last),
    past,
    low: options.envelope ? (series.low ?? null) : null,
    high: options.envelope ? (series.high ?? null) : null,
    write: (value) => writeField(value, format),
  };
}

export function chartSeries(series: readonly WidgetSeries[], options: TimeOptions): ChartSeries[] {
  const slots = slotsOf(series);
  return series.map((one, at) => ({
    // the same series an earlier time ago has the same key
    key: one.isPast === true ? `${one.key}\u0000past` : one.key,
    name: one.name,
    slot: slots[at] ?? { category: 0, dash: [] },
    look: seriesLook(one, options),
  }));
}

export function axisLook(format: FieldFormat): AxisLook {
  const { unit, scale, min, max, decimals } = format;
  return { unit, scale, min, max, decimals };
}

export function timeMarks(marks: readonly WidgetMark[]): TimeMark[] {
  return marks.map(({ time_ms, end_ms, title, text, kind, status, color = "" }) => ({
    time_ms,
    end_ms,
    title,
    text,
    kind,
    color: paletteToken(color) ?? (status !== "none" ? status : kind === "annotation" ? "text-3" : "unknown"),
  }));
}

/** Nothing but marks: for pictures over time without an axis of values. */
export function marksLook(marks: readonly WidgetMark[]): FieldLook {
  const plain = axisLook(DEFAULT_FORMAT);
  return { stack: "none", left: plain, right: plain, thresholds: [], thresholdStyle: "off", marks: timeMarks(marks) };
}

/** Lines of rules on the left axis. What is stacked stands on others: no height is its own value. */
function limitLines(series: readonly WidgetSeries[], { stack }: TimeOptions, limits: readonly WidgetLimit[]) {
  const own = series.filter((one) => one.isPast !== true);
  if (stack === "percent" || (stack === "normal" && own.length > 1)) return [];
  return limits.flatMap(({ ref, rule, op, value, status }): ThresholdLine[] => {
    const format = own.find((one) => one.ref === ref && one.format.axis !== "right")?.format;
    if (format === undefined) return [];
    const written = writeField(value, { ...format, mappings: [] });
    return [{ value, color: status === "none" ? "unknown" : status, label: `${rule} ${op} ${written}` }];
  });
}

/** Axes and thresholds are those of the first series on each side. */
export function fieldLook(
  series: readonly WidgetSeries[],
  options: TimeOptions,
  marks: readonly WidgetMark[],
  limits: readonly WidgetLimit[] = [],
): FieldLook {
  const left = series.find((one) => one.format.axis !== "right")?.format ?? DEFAULT_FORMAT;
  const right = series.find((one) => one.format.axis === "right")?.format ?? DEFAULT_FORMAT;
  return {
    stack: options.stack,
    left: axisLook(left),
    right: axisLook(right),
    thresholds: left.thresholds.map((threshold) => ({
      value: threshold.value,
      color: colorOf(threshold) ?? "",
      label: threshold.label,
    })),
    thresholdStyle: options.stack === "percent" ? "off" : options.thresholds,
    limits: limitLines(series, options, limits),
    marks: timeMarks(marks),
  };
}
