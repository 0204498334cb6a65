/** How one series and the two value axes of a chart are drawn, where that differs from the chart's kind. */

import type { Unit } from "../data/format";
import type { ScaleKind } from "./axis";

export interface SeriesLook {
  shape: "line" | "area" | "bars" | "points";
  axis: "left" | "right" | "hidden";
  nulls: "gap" | "connect" | "zero";
  curve: "linear" | "smooth" | "step";
  width_px: number;
  /** Opacity of what is between the line and its base, 0 to 1. */
  fill: number;
  /** A palette token instead of the series' category. */
  color: string | null;
  /** An earlier time for comparison: a ghost, outside of stacks. */
  past: boolean;
  /** Least and greatest value of each step. */
  low: Float64Array | null;
  high: Float64Array | null;
  write: (value: number) => string;
}

export interface AxisLook {
  unit: Unit;
  scale: ScaleKind;
  min: number | null;
  max: number | null;
  decimals: number | null;
}

export interface ThresholdLine {
  value: number | null;
  /** A palette token. */
  color: string;
  label: string;
}

export interface TimeMark {
  time_ms: number;
  end_ms: number | null;
  title: string;
  text: string;
  kind: "annotation" | "alert" | "gap";
  /** A palette token. */
  color: string;
}

export interface FieldLook {
  stack: "none" | "normal" | "percent";
  left: AxisLook;
  right: AxisLook;
  thresholds: readonly ThresholdLine[];
  thresholdStyle: "off" | "line" | "zone" | "both";
  /** What rules hold against the left axis: lines, whatever the style of thresholds. */
  limits?: readonly ThresholdLine[];
  marks: readonly TimeMark[];
}
