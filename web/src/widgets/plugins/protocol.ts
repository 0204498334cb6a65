/**
 * What the page and the document of a plugin say to each other, over a port of their own. What comes from a plugin is
 * read as hostile: anything that is not exactly one of these messages counts for nothing.
 */

import type { Interval } from "../../data/timeRange";
import type { FieldFormat, WidgetData, WidgetMark } from "../plugin";

/** Raised when a message changes meaning. */
export const PROTOCOL = 1;

export interface SentSeries {
  key: string;
  ref: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  values: Float64Array;
  low?: Float64Array;
  high?: Float64Array;
  format: FieldFormat;
  isPast: boolean;
  /** Of the palette: the series has this category everywhere on the page. */
  category: number;
}

export interface SentData {
  status: WidgetData["status"];
  version: number;
  times: Float64Array;
  step_ms: number;
  series: readonly SentSeries[];
  window: Interval;
  now_ms: number;
  live: boolean;
  stale_ms: number | null;
  marks: readonly WidgetMark[];
}

export interface SentTheme {
  isDark: boolean;
  /** Values of the page's tokens by their names without dashes: "text", "s1". */
  tokens: Readonly<Record<string, string>>;
}

/** Everything that a plugin draws from. */
export interface Sent {
  title: string;
  zone: string;
  reducedMotion: boolean;
  width: number;
  height: number;
  options: Readonly<Record<string, unknown>>;
  theme: SentTheme;
  data: SentData;
}

/** To the plugin. The first `show` has everything, later ones what has changed. */
export type ToFrame = { op: "show"; sent: Partial<Sent> } | { op: "ping"; count: number };

/** What comes with the port. */
export interface Hello {
  vedette: typeof PROTOCOL;
}

/** From the plugin. */
export type FromFrame =
  | { op: "ready" }
  | { op: "drawn"; version: number }
  | { op: "pong"; count: number }
  | { op: "problems"; problems: readonly string[] }
  | { op: "failed"; message: string }
  | { op: "blocked"; what: string }
  | { op: "zoom"; start_ms: number; end_ms: number }
  | { op: "zoomOut" }
  | { op: "filter"; label: string; value: string }
  | { op: "choose"; key: string; value: number | null; time_ms: number | null };

const MAX_TEXT = 1000;
const MAX_PROBLEMS = 10;
/** The last moment that a date can be. */
const MAX_MS = 8.64e15;

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);
const isMoment = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= MAX_MS;
const textOf = (value: unknown): string | null => (typeof value === "string" ? value.slice(0, MAX_TEXT) : null);

/** A message of a plugin, or null for what is none. Texts are cut; they are shown as text and nothing else. */
export function readMessage(given: unknown): FromFrame | null {
  if (typeof given !== "object" || given === null) return null;
  const message = given as Readonly<Record<string, unknown>>;
  const { op } = message;
  switch (op) {
    case "ready":
    case "zoomOut":
      return { op };
    case "drawn":
      return isCount(message["version"]) ? { op, version: message["version"] } : null;
    case "pong":
      return isCount(message["count"]) ? { op, count: message["count"] } : null;
    case "problems":
      return readProblems(message["problems"]);
    case "failed": {
      const text = textOf(message["message"]);
      return text === null ? null : { op, message: text };
    }
    case "blocked": {
      const text = textOf(message["what"]);
      return text === null ? null : { op, what: text };
    }
    case "zoom": {
      const { start_ms, end_ms } = message;
      return isMoment(start_ms) && isMoment(end_ms) && start_ms < end_ms ? { op, start_ms, end_ms } : null;
    }
    case "filter": {
      const { label, value } = message;
      return typeof label === "string" && typeof value === "string" ? { op, label, value } : null;
    }
    case "choose": {
      const { key, value, time_ms } = message;
      if (typeof key !== "string") return null;
      return { op, key, value: typeof value === "number" ? value : null, time_ms: isMoment(time_ms) ? time_ms : null };
    }
    default:
      return null;
  }
}

function readProblems(given: unknown): FromFrame | null {
  if (!Array.isArray(given)) return null;
  const problems = given.slice(0, MAX_PROBLEMS).map(textOf);
  return problems.every((one) => one !== null) ? { op: "problems", problems } : null;
}
