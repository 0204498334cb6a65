/** Names and formats of series: legend templates, field options of the widget, and overrides in their order. */

import { distinctPairs, displayName, varyingLabels } from "../../data/labels";
import type { Labels } from "../../data/labels";
import type { FieldFormat, Threshold, ValueMapping } from "../../data/fieldFormat";
import { DEFAULT_FORMAT } from "../../data/fieldFormat";
import type { FieldOptions, MappingOptions, Override, ThresholdOptions } from "../document";

const TEMPLATE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** `{{host}}: {{job}}` with the values of the labels; a label that is not there is empty. */
export function fillTemplate(template: string, labels: Labels): string {
  return template.replace(TEMPLATE, (_, name: string) => labels[name] ?? "");
}

/** The names of one question's series. `alone`: no other question is shown beside it. */
export function nameAll(labels: readonly Labels[], template: string, text: string, alone: boolean): string[] {
  if (template !== "") return labels.map((one) => fillTemplate(template, one));
  const varying = varyingLabels(labels);
  return labels.map((one) => {
    if (distinctPairs(one, varying).length === 0) return text;
    return labels.length === 1 && !alone && one["__name__"] === undefined ? text : displayName(one, varying);
  });
}

const threshold = ({ status, value, color, label }: ThresholdOptions): Threshold => ({
  status: status ?? "none",
  value: value ?? null,
  color: color ?? "",
  label: label ?? "",
});

const mapping = ({ kind, value, start, end, text, status, color }: MappingOptions): ValueMapping => ({
  kind: kind ?? "value",
  value: value ?? "",
  start: start ?? null,
  end: end ?? null,
  text: text ?? "",
  status: status ?? "none",
  color: color ?? "",
});

/** A format with what the options say; what they leave out stays. */
export function withOptions(format: FieldFormat, options: FieldOptions): FieldFormat {
  const { thresholds, mappings, style, decimals, min, max } = options;
  return {
    unit: options.unit ?? format.unit,
    decimals: decimals ?? format.decimals,
    min: min ?? format.min,
    max: max ?? format.max,
    scale: options.scale ?? format.scale,
    thresholds: thresholds?.map(threshold) ?? format.thresholds,
    mappings: mappings?.map(mapping) ?? format.mappings,
    nulls: options.nulls ?? format.nulls,
    color: options.color ?? format.color,
    axis: options.axis ?? format.axis,
    hidden: options.hidden ?? format.hidden,
    style: style == null ? format.style : { ...format.style, ...style },
  };
}

export interface Subject {
  ref: string;
  name: string;
  labels: Labels;
}

const compiled = new Map<string, RegExp | null>();

/** `/text/i` or `text`; null for what is no regular expression. */
export function overrideRegex(match: string): RegExp | null {
  let regex = compiled.get(match);
  if (regex === undefined) {
    const parts = /^\/(.*)\/([imsu]*)$/s.exec(match);
    try {
      regex = parts === null ? new RegExp(match) : new RegExp(parts[1] ?? "", parts[2]);
    } catch {
      regex = null;
    }
    if (compiled.size > 500) compiled.clear();
    compiled.set(match, regex);
  }
  return regex;
}

/** Whether an override is about a series. */
export function holdsFor({ by, match }: Override, { ref, name, labels }: Subject): boolean {
  switch (by) {
    case "name":
      return name === match;
    case "ref":
      return ref === match;
    case "regex":
      return overrideRegex(match)?.test(name) === true;
    case "label": {
      const at = match.indexOf("=");
      return at > 0 && labels[match.slice(0, at)] === match.slice(at + 1);
    }
  }
}

export interface Formatted {
  name: string;
  /** The name that the options give; empty: none. */
  given: string;
  format: FieldFormat;
}

/** Name and format of one series; later overrides win. `base` has the unit that the question suggests. */
export function formatOf(
  subject: Subject,
  base: FieldFormat,
  options: FieldOptions,
  overrides: readonly Override[],
): Formatted {
  let format = withOptions(base, options);
  let given = options.name != null && options.name !== "" ? fillTemplate(options.name, subject.labels) : "";
  for (const override of overrides) {
    if (!holdsFor(override, subject)) continue;
    format = withOptions(format, override.options);
    const { name: other } = override.options;
    if (other != null && other !== "") given = fillTemplate(other, subject.labels);
  }
  return { name: given === "" ? subject.name : given, given, format };
}

export const baseFormat = (unit: string): FieldFormat => ({ ...DEFAULT_FORMAT, unit });
