/** A query's unit, as far as the names in it tell; anything unclear is a bare number. */

import type { Unit } from "./format";

export interface UnitChoice {
  unit: Unit;
  name: string;
  group: "Plain" | "Share" | "Data" | "Time" | "Rate" | "Physics";
}

/** What is offered where a unit is chosen; any other text is put behind the number. */
export const UNITS: readonly UnitChoice[] = [
  { unit: "number", name: "Number", group: "Plain" },
  { unit: "load", name: "Two decimals", group: "Plain" },
  { unit: "percent", name: "Percent, 0 to 100", group: "Share" },
  { unit: "ratio", name: "Percent, 0 to 1", group: "Share" },
  { unit: "bytes", name: "Bytes", group: "Data" },
  { unit: "bytes/s", name: "Bytes a second", group: "Data" },
  { unit: "bits", name: "Bits", group: "Data" },
  { unit: "bits/s", name: "Bits a second", group: "Data" },
  { unit: "s", name: "Seconds", group: "Time" },
  { unit: "ms", name: "Milliseconds", group: "Time" },
  { unit: "us", name: "Microseconds", group: "Time" },
  { unit: "ns", name: "Nanoseconds", group: "Time" },
  { unit: "duration", name: "Duration, in seconds", group: "Time" },
  { unit: "date", name: "Moment, seconds since 1970", group: "Time" },
  { unit: "/s", name: "A second", group: "Rate" },
  { unit: "/min", name: "A minute", group: "Rate" },
  { unit: "/h", name: "An hour", group: "Rate" },
  { unit: "Hz", name: "Hertz", group: "Physics" },
  { unit: "W", name: "Watt", group: "Physics" },
  { unit: "Wh", name: "Watt hours", group: "Physics" },
  { unit: "V", name: "Volt", group: "Physics" },
  { unit: "A", name: "Ampere", group: "Physics" },
  { unit: "°C", name: "Degrees Celsius", group: "Physics" },
  { unit: "°F", name: "Degrees Fahrenheit", group: "Physics" },
];

const RATES = /\b(rate|irate|deriv)\s*\(/;
const CHANGING =
  /\b(count|count_values|absent|changes|resets|time|timestamp|histogram_fraction)\b\s*(by|without)?\s*\(/;

function unitOfOne(promql: string): Unit {
  const text = promql.replace(/"[^"]*"|'[^']*'/g, '""');
  const names = text.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  if (CHANGING.test(text) || /\/(?!\s*\d)/.test(text)) return "number";
  const rate = RATES.test(text);
  if (names.some((name) => /_bytes(_total)?$/.test(name))) return rate ? "bytes/s" : "bytes";
  if (names.some((name) => /_seconds(_bucket)?$/.test(name))) return /_bucket\b/.test(text) || !rate ? "s" : "number";
  if (rate && names.some((name) => /_total$/.test(name)) && !names.some((name) => /_seconds_total$/.test(name))) {
    return "/s";
  }
  return "number";
}

/** The common unit of several queries, or a bare number. */
export function unitOf(queries: readonly string[]): Unit {
  const [first, ...rest] = queries.map(unitOfOne);
  return first !== undefined && rest.every((unit) => unit === first) ? first : "number";
}
