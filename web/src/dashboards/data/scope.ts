/** What the names of a dashboard stand for at one moment: its variables and the page's own `__...`. */

import { promDuration } from "../../data/duration";
import type { Interval } from "../../data/timeRange";

export interface VariableValue {
  /** What is chosen, as it stands in the data; hostile text. */
  values: readonly string[];
  /** As people read them, in the same order. */
  texts: readonly string[];
  /** Everything is chosen; `values` then holds all that is offered, or nothing while that is not known. */
  all: boolean;
  /** When everything is chosen: how people read each of the values. */
  allTexts?: readonly string[];
  /** What stands for everything instead of the list, as the author wrote it. */
  allValue: string;
  /** The author of the dashboard wrote these values, so that they may stand outside of quotes as they are. */
  trusted: boolean;
  /** What it is will be known soon: nothing that speaks of it is asked until then. */
  pending?: boolean;
}

export type Scope = ReadonlyMap<string, VariableValue>;

/** One value that is known for sure. */
export function constant(value: string): VariableValue {
  return { values: [value], texts: [value], all: false, allValue: "", trusted: true };
}

const SCRAPE_MS = 15_000;
const SCRAPES = 4;

/** The step and range of a question as names. */
export function builtins(step_ms: number, interval: Interval, scrape_ms: number = SCRAPE_MS): Scope {
  const span_ms = Math.max(1000, interval.end_ms - interval.start_ms);
  const rate_ms = Math.max(step_ms + scrape_ms, SCRAPES * scrape_ms);
  return new Map([
    ["__interval", constant(promDuration(step_ms))],
    ["__interval_ms", constant(String(step_ms))],
    ["__rate_interval", constant(promDuration(rate_ms))],
    ["__range", constant(promDuration(Math.round(span_ms / 1000) * 1000))],
    ["__range_s", constant(String(Math.round(span_ms / 1000)))],
    ["__range_ms", constant(String(Math.round(span_ms)))],
    ["__from", constant(String(Math.round(interval.start_ms)))],
    ["__to", constant(String(Math.round(interval.end_ms)))],
  ]);
}

/** Names of the second win. */
export function joined(outer: Scope, inner: Scope): Scope {
  return new Map([...outer, ...inner]);
}
