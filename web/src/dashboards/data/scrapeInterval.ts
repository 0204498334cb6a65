/** How often the series of a question are scraped, by the samples there are: what `$__rate_interval` is made of. */

import { VectorSelector, parser } from "@prometheus-io/lezer-promql";
import type { Query } from "../document";
import type { AdhocFilter } from "./adhoc";
import { addFilters } from "./adhoc";
import { interpolatePromql } from "./interpolate";
import { namesIn } from "./references";
import type { Scope } from "./scope";

export const RATE_INTERVAL = "__rate_interval";
const WITHIN = "5m";
const USUAL_MS = [1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000];
/** Scrapes are late and early. */
const JITTER = 0.15;

/** The first selector of a PromQL text without offset and range; null: it has none, or cannot be read. */
export function firstSelector(promql: string): string | null {
  const found: string[] = [];
  const errors: number[] = [];
  parser.parse(promql).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(from);
      if (type.id === VectorSelector) found.push(promql.slice(from, to));
    },
  });
  return errors.length > 0 ? null : (found[0] ?? null);
}

/** What a query that speaks of the rate interval asks about; null: it does not, or a variable is not known yet. */
export function rateSelector({ kind, text }: Query, scope: Scope, filters: readonly AdhocFilter[]): string | null {
  const names = namesIn(text);
  if (kind !== "promql" || !names.has(RATE_INTERVAL)) return null;
  if ([...names].some((name) => scope.get(name)?.pending === true)) return null;
  const { text: promql, problems } = interpolatePromql(text, scope);
  return problems.length > 0 ? null : firstSelector(addFilters(promql, filters));
}

/** Seconds between two samples of a selector, as PromQL: the median of its series over the last minutes. */
export function intervalQuestion(selector: string): string {
  const range = `${selector}[${WITHIN}]`;
  const length = `(ts_of_last_over_time(${range}) - ts_of_first_over_time(${range}))`;
  return `quantile(0.5, ${length} / ((count_over_time(${range}) - 1) > 0))`;
}

/** The round interval that was meant; null: nothing that is one. */
export function meantInterval(measured_s: number): number | null {
  const measured_ms = measured_s * 1000;
  if (!Number.isFinite(measured_ms) || measured_ms <= 0) return null;
  const usual = USUAL_MS.find((one) => Math.abs(measured_ms / one - 1) <= JITTER);
  const grain_ms = measured_ms < 1000 ? 1 : 1000;
  return usual ?? Math.max(1, Math.round(measured_ms / grain_ms) * grain_ms);
}
