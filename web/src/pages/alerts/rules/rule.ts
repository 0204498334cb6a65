/** A rule as it is edited, and its place in a group. Pure. */

import type { Condition, Rule, RuleGroup, Severity } from "../../../api/rules";
import type { Drawn } from "./condition/condition";
import { durationProblem } from "../../../data/duration";
import { drawnOf, drawnOfText, isComplete, thresholdOf } from "./condition/condition";

export const SEVERITIES = ["low", "medium", "high", "critical"] as const;

/** Annotations that the form has a field of its own for. */
export const WRITTEN_APART = ["summary", "description"] as const;

export const nameOf = (rule: Rule): string => rule.alert ?? rule.record ?? "";

export const isAlert = (rule: Rule): boolean => (rule.alert ?? "") !== "" || (rule.record ?? "") === "";

/** What a rule is known by within its group. */
export const idOf = (rule: Rule): string => rule.id || rule.alert || rule.record || "";

/** The condition of an alerting rule; an expression is one in PromQL. */
export const conditionOf = (rule: Rule): Condition => rule.condition ?? { kind: "promql", query: rule.expr ?? "" };

export function withCondition(rule: Rule, condition: Condition): Rule {
  const rest: Rule = Object.fromEntries(
    Object.entries(rule).filter(([name]) => name !== "expr" && name !== "condition"),
  );
  return condition.kind === "promql" ? { ...rest, expr: condition.query } : { ...rest, condition };
}

export const freshRule = (id: string): Rule => ({
  id,
  alert: "",
  condition: { kind: "threshold", query: "", op: ">", value: 0 },
  for: "5m",
  severity: "medium",
});

/** Without what is empty, and names and texts without space around them: as it is kept. */
export function cleaned(rule: Rule): Rule {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rule as Record<string, unknown>)) {
    const clean = typeof value === "string" ? value.trim() : value;
    const empty =
      clean === "" ||
      clean === null ||
      clean === undefined ||
      (Array.isArray(clean) && clean.length === 0) ||
      (name === "enabled" && clean === true) ||
      (typeof clean === "object" && !Array.isArray(clean) && Object.keys(clean).length === 0);
    if (!empty) kept[name] = clean;
  }
  return kept;
}

/** What a recording rule must not have. */
const OF_ALERTS = [
  "for",
  "keep_firing_for",
  "keep_firing_while",
  "cooldown",
  "annotations",
  "severity",
  "runbook",
] as const;

/** Recording instead of alerting, or the other way about; the name stays as far as it may. */
export function asType(rule: Rule, type: "alert" | "record"): Rule {
  const { alert = "", record = "", ...rest } = rule;
  if (type === "alert") return { ...rest, alert: alert || record };
  const recording: Rule = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !(OF_ALERTS as readonly string[]).includes(name)),
  );
  return { ...recording, record: record || alert };
}

/** The same under another name, so that both can be in force. */
export function copyOf(rule: Rule, id: string, groupLabels: RuleGroup["labels"] = {}): Rule {
  const { alert, record, labels = {}, ...rest } = rule;
  const name = alert === undefined ? { record: `${record ?? ""}:copy` } : { alert: `${alert}Copy` };
  return cleaned({ ...rest, ...name, id, labels: { ...groupLabels, ...labels }, enabled: true });
}

/** Why a rule cannot be saved or tried yet, by field; empty: it can. */
export function problemsOf(rule: Rule): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const field of ["for", "keep_firing_for", "cooldown"] as const) {
    const problem = durationProblem(rule[field] ?? "");
    if (problem !== null) found[field] = problem;
  }
  if ((rule.record ?? "").trim() !== "" && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test((rule.record ?? "").trim())) {
    found["name"] = "Letters, digits, _ and : only, as it names a series.";
  }
  if ((rule.runbook ?? "") !== "" && !/^https?:\/\/\S+$/.test((rule.runbook ?? "").trim())) {
    found["runbook"] = "An address that begins with https://";
  }
  return found;
}

/** Whether there is enough of it to ask what it would have done. */
export const isAskable = (rule: Rule): boolean =>
  isComplete(conditionOf(rule)) && Object.keys(problemsOf(rule)).every((field) => field === "name");

export const isSavable = (rule: Rule): boolean =>
  isAskable(rule) && Object.keys(problemsOf(rule)).length === 0 && nameOf(rule).trim() !== "";

export const drawnOfRule = (rule: Rule): Drawn =>
  rule.condition ? drawnOf(rule.condition) : drawnOfText(rule.expr ?? "");

/** The rule with an expression that is a comparison as a threshold, which is easier to change. */
export function readable(rule: Rule): Rule {
  if (rule.condition || !isAlert(rule)) return rule;
  const threshold = thresholdOf(rule.expr ?? "");
  return threshold === null ? rule : withCondition(rule, threshold);
}

/** The place of a rule: where it was, if it still is the one there. */
export function placeOf(group: RuleGroup, id: string, at: number): number {
  const rules = group.rules ?? [];
  const there = rules[at];
  return there !== undefined && idOf(there) === id ? at : rules.findIndex((one) => idOf(one) === id);
}

/** Two rules say the same, whatever the order of what they say. */
export const isSame = (a: Rule, b: Rule): boolean => canonical(cleaned(a)) === canonical(cleaned(b));

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The group with a rule in the place of another; null: at its end. */
export function putRule(group: RuleGroup, rule: Rule, at: number | null): RuleGroup {
  const rules = group.rules ?? [];
  return { ...group, rules: at === null ? [...rules, rule] : rules.map((one, place) => (place === at ? rule : one)) };
}

export const withoutRule = (group: RuleGroup, at: number): RuleGroup => ({
  ...group,
  rules: (group.rules ?? []).filter((_, place) => place !== at),
});

/** A rule that gets another name keeps its alerts' state by what it was known by before. */
export function renamed(before: Rule, after: Rule): Rule {
  const known = idOf(before);
  if (after.id || known === nameOf(after) || !/^[A-Za-z0-9_-]{1,64}$/.test(known)) return after;
  return { ...after, id: known };
}

/** The document's content as a group, whatever else it may be. */
export function readGroup(spec: unknown): RuleGroup {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) return {};
  const { rules } = spec as { rules?: unknown };
  return { ...spec, ...(Array.isArray(rules) ? { rules: rules as Rule[] } : { rules: [] }) };
}

/** What the server says about a field: "rule.for: ..." or "rules[3].for: ...". */
export function fieldOf(message: string): { field: string; text: string } | null {
  const [, field, text] = /^rules?(?:\[\d+\])?\.([a-z_]+)(?:\.[a-z_.]*)?: (.+)$/s.exec(message) ?? [];
  return field === undefined || text === undefined ? null : { field: field === "expr" ? "condition" : field, text };
}

/** How bad it is: a label that is written counts more than what is chosen, as it does when the rule is evaluated. */
export const severityOf = ({ severity = "", labels = {} }: Rule): string => labels["severity"] ?? severity;

/** The rule with another severity, and without a label that would count more. */
export function withSeverity(rule: Rule, severity: Severity | ""): Rule {
  const labels = Object.fromEntries(Object.entries(rule.labels ?? {}).filter(([name]) => name !== "severity"));
  return { ...rule, severity, ...(rule.labels === undefined ? {} : { labels }) };
}
