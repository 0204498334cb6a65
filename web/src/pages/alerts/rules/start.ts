/** What an editor begins with, by its address. Pure. */

import type { LiveGroup, Rule } from "../../../api/rules";
import { thresholdOf } from "./condition/condition";
import { copyOf, freshRule, placeOf, readable, withCondition } from "./rule";
import type { Start } from "./useRuleEdit";

/** Where rules go for which nobody has chosen a group. */
const FIRST_GROUP = "My rules";

/** Names a rule while its name changes. */
export const freshName = (random: () => number = Math.random): string =>
  `r-${Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, "0")}`;

export interface Named {
  rule: string;
  at: number;
}

export const readNamed = (params: URLSearchParams): Named => ({
  rule: params.get("rule") ?? "",
  at: Number(params.get("at") ?? "0") || 0,
});

/** The group of a file and one of its rules; null: it is not there (any more). */
export function findLive(
  groups: readonly LiveGroup[],
  params: URLSearchParams,
): { group: LiveGroup; rule: Rule } | null {
  const { rule, at } = readNamed(params);
  const [file, name] = [params.get("file") ?? "", params.get("group") ?? ""];
  const group = groups.find((one) => one.file === file && one.name === name && one.document === "");
  const found = group?.source.rules?.[placeOf(group.source, rule, at)];
  return group === undefined || found === undefined ? null : { group, rule: found };
}

/** A query as the address has it; of a comparison with a number a threshold. */
function about(rule: Rule, promql: string): Rule {
  if (promql === "") return rule;
  return withCondition(rule, thresholdOf(promql) ?? { kind: "threshold", query: promql, op: ">", value: 0 });
}

/** Annotations that say on which widget a rule was made, by the names that Grafana uses. */
export const DASHBOARD = "__dashboardUid__";
export const WIDGET = "__panelId__";

/** A rule that the address speaks of: a query, a name, where it was made, a threshold. */
export function asked(params: URLSearchParams, id: string): Rule {
  const rule = about(freshRule(id), params.get("expr") ?? "");
  const name = (params.get("name") ?? "").replace(/[^A-Za-z0-9]+(.)?/g, (_, letter: string = "") =>
    letter.toUpperCase(),
  );
  const [dashboard, widget] = [params.get("dashboard") ?? "", params.get("widget") ?? ""];
  const value = Number(params.get("value") ?? "");
  const valued =
    params.get("value") !== null && Number.isFinite(value) && rule.condition?.kind === "threshold"
      ? { ...rule, condition: { ...rule.condition, value } }
      : rule;
  return {
    ...valued,
    alert: name.charAt(0).toUpperCase() + name.slice(1),
    ...(dashboard === ""
      ? {}
      : { annotations: { [DASHBOARD]: dashboard, ...(widget === "" ? {} : { [WIDGET]: widget }) } }),
  };
}

/** A new rule, in the group that is named, else the first one, else a new one. */
export function newStart(rule: Rule, group: string, heads: readonly { id: string; name: string }[]): Start {
  const chosen = heads.find((one) => one.id === group) ?? heads.find((one) => one.name === FIRST_GROUP) ?? heads[0];
  return { rule, base: null, group: chosen === undefined ? { name: FIRST_GROUP } : { id: chosen.id }, interval: "" };
}

/** A copy of a rule that cannot be changed where it stands, or of one beside it. */
export const copyStart = (rule: Rule, labels: Rule["labels"], id: string): Rule => readable(copyOf(rule, id, labels));

/** A rule of a group that is a document; null: it is not there (any more). */
export function editStart(
  document: { id: string; group: { rules?: readonly Rule[]; interval?: string } },
  { rule, at }: Named,
): Start | null {
  const place = placeOf(document.group, rule, at);
  const found = document.group.rules?.[place];
  if (found === undefined) return null;
  return {
    rule: found,
    base: { rule: found, at: place },
    group: { id: document.id },
    interval: document.group.interval ?? "",
  };
}
