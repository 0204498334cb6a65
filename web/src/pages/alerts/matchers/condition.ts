/** Conditions on labels as they are edited, written into addresses, and read. Pure. */

import type { Condition, Operator } from "../../../api/silences";
import type { Labels } from "../../../data/labels";

export const OPERATORS: readonly { value: Operator; label: string }[] = [
  { value: "=", label: "is" },
  { value: "!=", label: "is not" },
  { value: "=~", label: "matches" },
  { value: "!~", label: "does not match" },
];

/** What documents leave out is filled in; they are read, not trusted. */
export function conditionsOf(said: unknown): Condition[] {
  if (!Array.isArray(said)) return [];
  return said.map((one: Partial<Condition> | null) => ({
    label: one?.label ?? "",
    op: one?.op ?? "=",
    value: one?.value ?? "",
  }));
}

/** Why they cannot stand like this, or null. */
export const conditionProblem = (conditions: readonly Condition[]): string | null =>
  conditions.some(({ label }) => label.trim() === "") ? "Each condition needs a label." : null;

/** Whether a condition holds, too, where there is no such label; of patterns only the server knows. */
export const holdsWithout = ({ op, value }: Condition): boolean =>
  op === "=" ? value === "" : op === "!=" && value !== "";

const MATCH = /^([^=!~]+)(=~|!~|!=|=)(.*)$/s;

/** `label=value`, with any of the four operators: as an address names what is to be silenced. */
export function readMatch(text: string): Condition | null {
  const found = MATCH.exec(text);
  return found === null
    ? null
    : { label: (found[1] ?? "").trim(), op: (found[2] ?? "=") as Operator, value: found[3] ?? "" };
}

export const writeMatch = ({ label, op, value }: Condition): string => `${label}${op}${value}`;

/** As Alertmanager and PromQL write it: `severity="high"`. */
export const conditionText = ({ label, op, value }: Condition): string => `${label}${op}${JSON.stringify(value)}`;

export const conditionsText = (conditions: readonly Condition[]): string => conditions.map(conditionText).join(", ");

const LABEL = /\s*([^\s=,{}"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^,\s}"]*))\s*(?:,|\s|$)/y;

/** The labels of `alertname="DiskFull", severity=high`, with or without braces; null when it cannot be read. */
export function readLabels(text: string): Labels | null {
  const inside = text
    .trim()
    .replace(/^\{(.*)\}$/s, "$1")
    .trim();
  const found: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inside.length) {
    const pair = LABEL.exec(inside);
    if (pair === null) return null;
    found[pair[1] ?? ""] = pair[2] === undefined ? (pair[3] ?? "") : unquoted(pair[2]);
  }
  return Object.keys(found).length === 0 ? null : found;
}

const unquoted = (text: string): string => text.replace(/\\(.)/gs, (_, sign: string) => (sign === "n" ? "\n" : sign));

/** As `readLabels` reads it. */
export const labelsText = (labels: Labels): string =>
  Object.keys(labels)
    .sort((a, b) => (a === "alertname" ? -1 : b === "alertname" ? 1 : a < b ? -1 : 1))
    .map((name) => `${name}=${JSON.stringify(labels[name] ?? "")}`)
    .join(", ");
