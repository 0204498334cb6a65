/** A query's unit, as far as the names in it tell; anything unclear is a bare number. */

import type { Unit } from "./format";

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
