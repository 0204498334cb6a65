/** What a project may use, in words and in the units in which people type it. */

import type { Limits } from "../../../api/access";

export interface Limit {
  name: keyof Limits;
  label: string;
  unit: string;
  help: string;
  /** What one of the unit is to the server. */
  times: number;
  whole: boolean;
}

const GIB = 2 ** 30;

export const LIMITS: readonly Limit[] = [
  {
    name: "max_active_series",
    label: "Active series",
    unit: "series",
    help: "New ones beyond it are refused.",
    times: 1,
    whole: true,
  },
  {
    name: "max_active_series_per_metric",
    label: "Series of one metric",
    unit: "series",
    help: "Keeps one bad label from using up all.",
    times: 1,
    whole: true,
  },
  {
    name: "max_new_series_per_hour",
    label: "New series",
    unit: "per hour",
    help: "Bounds churn.",
    times: 1,
    whole: true,
  },
  {
    name: "max_samples_per_s",
    label: "Samples taken in",
    unit: "per s",
    help: "On average over ten seconds; senders are told to wait.",
    times: 1,
    whole: true,
  },
  {
    name: "max_query_samples",
    label: "Samples of one query",
    unit: "samples",
    help: "A query that reads more is stopped.",
    times: 1,
    whole: true,
  },
  {
    name: "max_query_series",
    label: "Series of one query",
    unit: "series",
    help: "A query that touches more is stopped.",
    times: 1,
    whole: true,
  },
  {
    name: "query_timeout_s",
    label: "Time of one query",
    unit: "s",
    help: "A query that takes longer is stopped.",
    times: 1,
    whole: false,
  },
  {
    name: "max_concurrent_queries",
    label: "Queries at a time",
    unit: "queries",
    help: "Others wait.",
    times: 1,
    whole: true,
  },
  {
    name: "max_bytes",
    label: "Storage",
    unit: "GiB",
    help: "Beyond it the oldest blocks go.",
    times: GIB,
    whole: false,
  },
];

/** As typed: null is the server's setting. */
export type Typed = Partial<Record<keyof Limits, number | null>>;

export function typedOf(limits: Limits): Typed {
  return Object.fromEntries(
    LIMITS.map(({ name, times }) => {
      const value = limits[name];
      return [name, value == null ? null : value / times];
    }),
  );
}

export function limitsOf(typed: Typed): Limits {
  return Object.fromEntries(
    LIMITS.map(({ name, times, unit }) => {
      const value = typed[name] ?? null;
      const scaled = value === null ? null : value * times;
      return [name, scaled === null || unit === "s" ? scaled : Math.round(scaled)];
    }),
  ) as Limits;
}

/** Whether every field holds a number above 0, or nothing. */
export const isAcceptable = (typed: Typed): boolean =>
  Object.values(typed).every((value) => value === null || value > 0);
