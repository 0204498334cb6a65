/** Numbers as the page writes them: U+2009 before prefixes and in thousands, unit apart so that it can be small. */

import { formatDuration } from "./duration";

/** Units that the page itself speaks of; others are names of `UNITS`, or a text that is put behind. */
export type Unit = "number" | "percent" | "bytes" | "bytes/s" | "/s" | "s" | "ms" | "load" | (string & {});

export interface Scaled {
  text: string;
  unit: string;
}

const THIN = "\u2009";
const SI: [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
const IEC: [number, string][] = [
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

/** Three significant digits, no exponent for everyday sizes. */
export function digits(value: number, significant = 3): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-4) return value.toExponential(1);
  if (size >= 1000) return grouped(Math.round(value));
  // rounded first: 0.9996 has three digits as 1.00, not as 1.000
  const rounded = Number(value.toPrecision(significant));
  const decimals = Math.max(0, Math.min(6, significant - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  return rounded.toFixed(decimals);
}

export function grouped(value: number | string): string {
  const [whole = "", ...fraction] = String(value).split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN), ...fraction].join(".");
}

/** A value with the prefix that fits `reference` (its own size when not given), so that a column can share one. */
export function scale(value: number, unit: Unit, reference: number = value, decimals: number | null = null): Scaled {
  if (!Number.isFinite(value)) return { text: Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf", unit: "" };
  const measure = measureOf(unit, Math.abs(reference));
  const part = value / measure.divisor;
  if (decimals !== null && measure.whole !== true) return { text: grouped(part.toFixed(decimals)), unit: measure.unit };
  return { text: measure.write?.(part) ?? digits(part), unit: measure.unit };
}

interface Measure {
  divisor: number;
  unit: string;
  write?: (part: number) => string;
  /** Decimals have no meaning: durations and moments. */
  whole?: boolean;
}

const percent = (part: number): string => (Math.abs(part) >= 100 ? part.toFixed(0) : part.toFixed(1));

/** What a value of this size is divided by, and what is put behind. */
function measureOf(unit: Unit, size: number): Measure {
  switch (unit) {
    case "percent":
      return { divisor: 1, unit: "%", write: percent };
    case "ratio":
      return { divisor: 0.01, unit: "%", write: percent };
    case "load":
      return { divisor: 1, unit: "", write: (part) => part.toFixed(2) };
    case "bytes":
      return prefixed(IEC, size, "B");
    case "s":
      return secondsOf(size, 1);
    case "ms":
      return secondsOf(size / 1e3, 1e3);
    case "us":
      return secondsOf(size / 1e6, 1e6);
    case "ns":
      return secondsOf(size / 1e9, 1e9);
    case "duration":
      return { divisor: 1e-3, unit: "", whole: true, write: signedDuration };
    case "date":
      return { divisor: 1, unit: "", whole: true, write: (part) => isoMoment(part * 1000) };
    case "number":
      return size < 10_000 ? { divisor: 1, unit: "" } : prefixed(SI, size, "");
  }
  const suffix = SUFFIXES.get(unit);
  if (suffix !== undefined) return prefixed(SI, size, suffix);
  // rates and free texts keep plain numbers up to ten thousand
  const measure = size < 10_000 ? { divisor: 1, unit: "" } : prefixed(SI, size, "");
  const gap = measure.unit === "" || unit.startsWith("/") ? "" : THIN;
  return { ...measure, unit: `${measure.unit}${gap}${unit}` };
}

/** Units that take prefixes themselves: k becomes kB/s. */
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ["bytes/s", "B/s"],
  ["bits", "bit"],
  ["bits/s", "bit/s"],
  ["Hz", "Hz"],
  ["W", "W"],
  ["Wh", "Wh"],
  ["V", "V"],
  ["A", "A"],
]);

const SCALING = new Set(["percent", "ratio", "bytes", "s", "ms", "us", "ns", "duration", "date", ...SUFFIXES.keys()]);

/** A bare number, or one with a text that says the same at every size. */
export function isPlain(unit: Unit): boolean {
  return !SCALING.has(unit);
}

function prefixed(steps: readonly [number, string][], size: number, suffix: string): Measure {
  const [divisor, prefix] = steps.find(([limit]) => size >= limit) ?? [1, ""];
  return { divisor, unit: steps === IEC && prefix !== "" ? prefix : `${prefix}${suffix}` };
}

/** `perSecond` of the unit make a second. */
function secondsOf(size_s: number, perSecond: number): Measure {
  if (size_s >= 1 || size_s === 0) return { divisor: perSecond, unit: "s" };
  if (size_s >= 1e-3) return { divisor: perSecond / 1e3, unit: "ms" };
  return size_s >= 1e-6 || perSecond < 1e9
    ? { divisor: perSecond / 1e6, unit: "µs" }
    : { divisor: perSecond / 1e9, unit: "ns" };
}

function signedDuration(duration_ms: number): string {
  return `${duration_ms < 0 ? "-" : ""}${formatDuration(Math.abs(duration_ms))}`;
}

function isoMoment(time_ms: number): string {
  const date = new Date(time_ms);
  return Number.isNaN(date.getTime()) ? "-" : `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** One text: "12.9 k", "18.4 GiB", "34.0 %". */
export function format(value: number, unit: Unit = "number"): string {
  const scaled = scale(value, unit);
  return scaled.unit === "" ? scaled.text : `${scaled.text}${THIN}${scaled.unit}`;
}

/** A whole number: "12,900", "1.3 M". */
export function formatCount(count: number): string {
  return count < 1e6 ? grouped(Math.round(count)) : format(count);
}

/** "1 rule", "1,200 rules". */
export const counted = (count: number, word: string, words = `${word}s`): string =>
  `${formatCount(count)} ${count === 1 ? word : words}`;
