/** What is sent to a plugin, made from what a widget is given. */

import type { FieldFormat, OptionSchema, WidgetData } from "../plugin";
import { slotsOf } from "../colors";
import { fits } from "../optionFits";
import type { SentData, SentTheme } from "./protocol";

const numbered = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${prefix}${from + at}`);

const TOKENS: readonly string[] = [
  ...["font-sans", "font-mono", "canvas", "panel", "raised", "sunken", "hover", "active"],
  ...["line-subtle", "line", "line-control", "text", "text-2", "text-3", "text-off", "on-accent"],
  ...["accent", "accent-hover", "accent-text", "accent-tint", "focus", "grid", "axis", "crosshair", "ghost", "hatch"],
  ...["ok", "warn", "crit", "info", "unknown"].flatMap((one) => [one, `${one}-text`, `${one}-tint`]),
  ...["radius-sm", "radius-md", "sp-1", "sp-2", "sp-3", "sp-4"],
  ...[numbered("s", 1, 12), numbered("o", 1, 3), numbered("q", 0, 7), numbered("d", 0, 8)].flat(),
];

/** The page's tokens as they are now. */
export function sentTheme(root: HTMLElement): SentTheme {
  const style = getComputedStyle(root);
  return {
    isDark: root.dataset["theme"] === "dark",
    tokens: Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])),
  };
}

/** Options that fit the schema; what an imported document has beside them is left out. */
export function sentOptions(
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
  schema: OptionSchema,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, field]) => {
      const value = given[name];
      return [name, fits(value, field) ? value : (defaults[name] ?? null)];
    }),
  );
}

/** Copies of the columns, which go over without being copied again, and what is to be handed over with them. */
export function sentData(data: WidgetData): { data: SentData; transfer: ArrayBuffer[] } {
  const transfer: ArrayBuffer[] = [];
  const copied = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(column);
    transfer.push(copy.buffer);
    return copy;
  };
  const { frame, status, version, window, now_ms, live, stale_ms } = data;
  const slots = slotsOf(frame.series);
  const series = frame.series.map((one, at) => ({
    key: one.key,
    ref: one.ref,
    name: one.name,
    labels: { ...one.labels },
    values: copied(one.values),
    ...(one.low === undefined ? {} : { low: copied(one.low) }),
    ...(one.high === undefined ? {} : { high: copied(one.high) }),
    format: plainFormat(one.format),
    isPast: one.isPast === true,
    category: (slots[at]?.category ?? 0) + 1,
  }));
  return {
    data: {
      status,
      version,
      times: copied(frame.times),
      step_ms: frame.step_ms,
      series,
      window: { ...window },
      now_ms,
      live,
      stale_ms,
      marks: data.marks.map((mark) => ({ ...mark })),
    },
    transfer,
  };
}

const plainFormat = (format: FieldFormat): FieldFormat => ({
  ...format,
  thresholds: format.thresholds.map((one) => ({ ...one })),
  mappings: format.mappings.map((one) => ({ ...one })),
});
