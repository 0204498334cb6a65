/** Rules that watch what a widget shows: their thresholds, and which alerts are about it. Pure. */

import type { WatchingRule } from "../../api/rulesWatching";
import type { Status } from "../../data/fieldFormat";
import type { WidgetLimit } from "../../widgets/plugin";
import type { Plan } from "../data/questions";

const WORST = /^(critical|crit|high|page|error|fatal|emergency)$/i;
const LEAST = /^(low|info|information|notice|none)$/i;

/** What rules call it becomes one of the three that people tell apart. */
export function severityStatus(severity: string): Status {
  return WORST.test(severity) ? "crit" : LEAST.test(severity) ? "info" : "warn";
}

export interface AskedQuery {
  ref: string;
  promql: string;
}

/** What a widget asks, by its queries. */
export const askedOf = ({ asks }: Pick<Plan, "asks">): AskedQuery[] =>
  asks.flatMap(({ ref, role, promql }) => (role === "value" ? [{ ref, promql }] : []));

/** Thresholds of the queries that are drawn as they are asked; what a formula makes of one is another quantity. */
export function limitsOf(
  { shown }: Pick<Plan, "shown">,
  rules: ReadonlyMap<string, readonly WatchingRule[]>,
): WidgetLimit[] {
  return shown.flatMap(({ ref, kind }) => {
    if (kind !== "promql") return [];
    return (rules.get(ref) ?? []).flatMap(({ name, severity, limits }) =>
      limits.map(({ op, value }): WidgetLimit => ({ ref, rule: name, op, value, status: severityStatus(severity) })),
    );
  });
}
