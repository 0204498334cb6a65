/** A query of the builder in words. */

import type { BuilderQuery, Matcher, Operation } from "./model";
import { isComparison } from "./model";
import { operationSpec } from "./operations";

const OPS: Readonly<Record<Matcher["op"], string>> = {
  "=": "is",
  "!=": "is not",
  "=~": "matches",
  "!~": "does not match",
};

const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;

const windowText = (window: string): string => (window === "$__rate_interval" ? "a window that fits the step" : window);

function operationText({ name, window, number, grouping }: Operation): string {
  const spec = operationSpec(name);
  if (spec === null) return name;
  if (spec.kind === "number") {
    return isComparison(name) ? `keep values ${name} ${number ?? ""}` : `then ${name} ${number ?? ""}`;
  }
  if (spec.kind === "window") return `${lower(spec.help.split(";")[0] ?? "")}, over ${windowText(window ?? "")}`;
  const group =
    grouping === undefined
      ? ""
      : grouping.labels.length === 0
        ? ""
        : ` for each ${grouping.by ? "" : "set of labels without "}${list(grouping.labels)}`;
  const value = number === undefined ? "" : ` (${number})`;
  return `${lower(spec.help)}${value}${group}`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** One sentence. */
export function explained({ metric, matchers, operations }: BuilderQuery): string {
  const what = metric === "" ? "all series" : metric;
  const where = matchers.map(({ label, op, value }) => `${label} ${OPS[op]} ${value === "" ? "empty" : `"${value}"`}`);
  const start = `Take ${what}${where.length === 0 ? "" : ` where ${list(where)}`}`;
  return `${[start, ...operations.map(operationText)].join("; ")}.`;
}
