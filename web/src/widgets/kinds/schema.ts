/** Option fields that several kinds have, and made-up data for thumbnails. */

import { DEFAULT_FORMAT } from "../../data/fieldFormat";
import type { FieldFormat } from "../../data/fieldFormat";
import type { Labels } from "../../data/labels";
import { displayName, identity, varyingLabels } from "../../data/labels";
import type { Frame, OptionField, WidgetSeries } from "../plugin";

/** Thumbnails show one fixed hour, so that they look the same every time. */
export const SAMPLE_END_MS = 1_700_000_000_000;
const SAMPLE_STEP_MS = 60_000;

interface SampleSeries {
  labels: Labels;
  /** Of the row, 0 to 59, and its part of the hour. */
  value: (row: number, part: number) => number;
  format?: Partial<FieldFormat>;
  spread?: number;
}

/** Waves that repeat exactly: sums of sines stand for noise. */
export function wobble(row: number, seed: number): number {
  return (
    Math.sin(row * 0.7 + seed * 3.1) * 0.5 + Math.sin(row * 1.9 + seed * 1.7) * 0.3 + Math.sin(row * 4.3 + seed) * 0.2
  );
}

export function sampleFrame(series: readonly SampleSeries[], rows = 60): Frame {
  const start = SAMPLE_END_MS - (rows - 1) * SAMPLE_STEP_MS;
  const varying = varyingLabels(series.map((one) => one.labels));
  return {
    times: Float64Array.from({ length: rows }, (_, row) => start + row * SAMPLE_STEP_MS),
    step_ms: SAMPLE_STEP_MS,
    series: series.map<WidgetSeries>(({ labels, value, format, spread }) => {
      const values = Float64Array.from({ length: rows }, (_, row) => value(row, rows < 2 ? 1 : row / (rows - 1)));
      const edge = (sign: number): Float64Array => values.map((one) => one + sign * (spread ?? 0));
      return {
        key: identity(labels),
        ref: "A",
        name: displayName(labels, varying),
        labels,
        values,
        format: { ...DEFAULT_FORMAT, ...format },
        ...(spread === undefined ? {} : { low: edge(-1), high: edge(1) }),
      };
    }),
  };
}

export function choose(
  title: string,
  group: string,
  choices: readonly [string, string][],
  more: Partial<OptionField> = {},
): OptionField {
  return {
    type: "string",
    title,
    group,
    enum: choices.map(([value]) => value),
    enumTitles: choices.map(([, words]) => words),
    default: choices[0]?.[0] ?? "",
    ...more,
  };
}

export function flag(title: string, group: string, value: boolean, more: Partial<OptionField> = {}): OptionField {
  return { type: "boolean", title, group, default: value, ...more };
}

export function number(
  title: string,
  group: string,
  value: number,
  minimum: number,
  maximum: number,
  more: Partial<OptionField> = {},
): OptionField {
  return { type: "number", title, group, default: value, minimum, maximum, ...more };
}

export function words(title: string, group: string, value: string, more: Partial<OptionField> = {}): OptionField {
  return { type: "string", title, group, default: value, ...more };
}

/** Which number stands for a series where one has to. */
export type Reduce = "last" | "avg" | "min" | "max" | "sum" | "first" | "delta" | "count";

export const REDUCE: OptionField = choose("Value", "Value", [
  ["last", "Last"],
  ["avg", "Average"],
  ["min", "Least"],
  ["max", "Greatest"],
  ["sum", "Sum"],
  ["first", "First"],
  ["delta", "Last minus first"],
  ["count", "How many values"],
]);

/** Defaults as the schema says them, so that they stand in one place. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says what the fields are of
export function defaultsOf<Options>(properties: Readonly<Record<string, OptionField>>): Options {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, field.default])) as Options;
}
