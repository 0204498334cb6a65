/** Values as a field's options want them: unit, decimals, mappings and thresholds, in one place for every widget. */

import type { Scaled } from "./format";
import { scale } from "./format";

export type Status = "ok" | "info" | "warn" | "crit" | "none";

export interface Threshold {
  status: Status;
  /** null: from minus infinity on. */
  value: number | null;
  /** A token of the palette instead of the status' colour. */
  color: string;
  label: string;
}

export interface ValueMapping {
  kind: "value" | "range" | "regex" | "special";
  value: string;
  start: number | null;
  end: number | null;
  text: string;
  status: Status;
  color: string;
}

/** `FieldOptions` of the document with every default filled in. */
export interface FieldFormat {
  unit: string;
  decimals: number | null;
  min: number | null;
  max: number | null;
  scale: "linear" | "log" | "symlog";
  thresholds: readonly Threshold[];
  mappings: readonly ValueMapping[];
  nulls: "gap" | "connect" | "zero";
  /** `auto` (stable by series), a token such as `s1`, or `thresholds`. */
  color: string;
  axis: "left" | "right" | "hidden";
  hidden: boolean;
  style: Readonly<Record<string, unknown>>;
}

export const DEFAULT_FORMAT: FieldFormat = {
  unit: "number",
  decimals: null,
  min: null,
  max: null,
  scale: "linear",
  thresholds: [],
  mappings: [],
  nulls: "gap",
  color: "auto",
  axis: "left",
  hidden: false,
  style: {},
};

/** What a value is shown as. `color` is a palette token or empty; `status` comes from a mapping, else a threshold. */
export interface FieldText extends Scaled {
  status: Status;
  color: string;
  mapped: boolean;
}

const THIN = "\u2009";
const TOKENS = /^(?:s(?:[1-9]|1[0-2])|[oqd]\d|ok|warn|crit|info|unknown|ghost|text|text-2|text-3)$/;

/** A palette token; anything else, such as CSS from an imported document, is none. */
export function paletteToken(color: string): string | null {
  return TOKENS.test(color) ? color : null;
}

/** The threshold that holds for a value: the highest one that it has reached. */
export function thresholdOf(value: number, thresholds: readonly Threshold[]): Threshold | null {
  if (Number.isNaN(value)) return null;
  let [found, reached]: [Threshold | null, number] = [null, -Infinity];
  for (const threshold of thresholds) {
    const from = threshold.value ?? -Infinity;
    if (from <= value && from >= reached) [found, reached] = [threshold, from];
  }
  return found;
}

const EXPRESSIONS = new Map<string, RegExp | null>();

function expression(source: string): RegExp | null {
  let known = EXPRESSIONS.get(source);
  if (known === undefined) {
    try {
      known = new RegExp(source);
    } catch {
      known = null; // the editor says so; here it matches nothing
    }
    EXPRESSIONS.set(source, known);
  }
  return known;
}

const SPECIAL: Readonly<Record<string, (value: number) => boolean>> = {
  null: Number.isNaN,
  nan: Number.isNaN,
  empty: Number.isNaN,
  true: (value) => value === 1,
  false: (value) => value === 0,
};

function matches(mapping: ValueMapping, value: number, text: string): boolean {
  switch (mapping.kind) {
    case "value":
      return mapping.value === text || (mapping.value.trim() !== "" && Number(mapping.value) === value);
    case "range":
      return value >= (mapping.start ?? -Infinity) && value <= (mapping.end ?? Infinity);
    case "regex":
      return expression(mapping.value)?.test(text) === true;
    case "special":
      return SPECIAL[mapping.value]?.(value) === true;
  }
}

export function mappingOf(value: number, mappings: readonly ValueMapping[], text = String(value)): ValueMapping | null {
  return mappings.find((mapping) => matches(mapping, value, text)) ?? null;
}

/** `reference` gives the prefix, so that a column can share one. */
export function fieldText(value: number, format: FieldFormat, reference: number = value): FieldText {
  const mapping = mappingOf(value, format.mappings);
  const threshold = thresholdOf(value, format.thresholds);
  const scaled = Number.isNaN(value)
    ? { text: "-", unit: "" }
    : scale(value, format.unit, Number.isFinite(reference) ? reference : value, format.decimals);
  const shown = mapping !== null && mapping.text !== "" ? { text: mapping.text, unit: "" } : scaled;
  const status = mapping !== null && mapping.status !== "none" ? mapping.status : (threshold?.status ?? "none");
  const own = mapping === null ? null : colorOf(mapping);
  const color = own ?? (threshold === null ? null : colorOf(threshold)) ?? "";
  return { ...shown, status, color, mapped: mapping !== null };
}

/** As one text: "12.9 k", "34.0 %", "down". */
export function writeField(value: number, format: FieldFormat): string {
  const { text, unit } = fieldText(value, format);
  return unit === "" ? text : `${text}${THIN}${unit}`;
}

/** The palette token of a threshold or mapping: its own, else its status'. */
export function colorOf({ color, status }: { color: string; status: Status }): string | null {
  return paletteToken(color) ?? (status === "none" ? null : status);
}
