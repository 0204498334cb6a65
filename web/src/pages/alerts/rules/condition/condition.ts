/** Conditions as forms edit them: what each kind begins with, what is wrong with one, what of it can be drawn. Pure. */

import type { SyntaxNode } from "@lezer/common";
import { BinaryExpr, NumberDurationLiteral, parser } from "@prometheus-io/lezer-promql";
import type { Comparison, Condition } from "../../../../api/rules";
import { durationProblem } from "../../../../data/duration";

export type Kind = Condition["kind"];

export const KINDS: readonly { value: Exclude<Kind, "not">; label: string; help: string }[] = [
  { value: "threshold", label: "Threshold", help: "A query is beyond a number." },
  { value: "compare", label: "Comparison", help: "One query against another, series by series." },
  { value: "change", label: "Change", help: "How far a query is from what it was some time ago." },
  { value: "absence", label: "Absence", help: "A query finds nothing." },
  { value: "anomaly", label: "Anomaly", help: "A query is far from what is usual for it." },
  { value: "and", label: "All of", help: "Several conditions hold at once." },
  { value: "or", label: "Any of", help: "One of several conditions holds." },
  { value: "promql", label: "PromQL", help: "Every series that the expression finds is an alert." },
];

export const COMPARISONS: readonly { value: Comparison; label: string }[] = [
  { value: ">", label: "above" },
  { value: ">=", label: "at or above" },
  { value: "<", label: "below" },
  { value: "<=", label: "at or below" },
  { value: "==", label: "equal to" },
  { value: "!=", label: "other than" },
];

/** The query that a condition is mostly about; the first one where there are several. */
export function queryOf(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return condition.left;
    case "and":
    case "or":
      return condition.of.map(queryOf).find((one) => one !== "") ?? "";
    case "not":
      return queryOf(condition.of);
    default:
      return condition.query;
  }
}

/** A condition of another kind about the same query. */
export function asKind(condition: Condition, kind: Kind): Condition {
  if (condition.kind === kind) return condition;
  const query = queryOf(condition);
  switch (kind) {
    case "threshold":
      return thresholdOf(query) ?? { kind, query, op: ">", value: 0 };
    case "compare":
      return { kind, left: query, op: ">", right: "" };
    case "change":
      return { kind, query, over: "1h", by: 50, unit: "percent", direction: "both" };
    case "absence":
      return { kind, query, over: "5m" };
    case "anomaly":
      return { kind, query, method: "zscore", threshold: 3, window: 100, step: "1m", direction: "both" };
    case "and":
    case "or":
      return condition.kind === "and" || condition.kind === "or"
        ? { kind, of: kind === "or" ? condition.of.map(positive) : condition.of }
        : { kind, of: [within(positive(condition))] };
    case "not":
      return { kind, of: condition };
    case "promql":
      return { kind, query: textOf(condition) ?? query };
  }
}

/** `not` stands within "all of" alone. */
const positive = (condition: Condition): Condition => (condition.kind === "not" ? condition.of : condition);

/** What only a condition that stands alone can say is left out. */
function within(condition: Condition): Condition {
  if (condition.kind !== "threshold") return condition;
  const { query, op, value } = condition;
  return { kind: "threshold", query, op, value };
}

/** PromQL that says the same, for kinds of which it is short. */
function textOf(condition: Condition): string | null {
  switch (condition.kind) {
    case "threshold":
      return Number.isFinite(condition.value) ? `${condition.query} ${condition.op} ${condition.value}` : null;
    case "compare":
      return `${condition.left} ${condition.op} ${condition.right}`;
    default:
      return null;
  }
}

const OPERATORS = COMPARISONS.map((one) => one.value);
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  ">": "<",
  ">=": "<=",
  "<": ">",
  "<=": ">=",
  "==": "==",
  "!=": "!=",
};

function numberIn(node: SyntaxNode, text: string): number | null {
  if (node.type.id !== NumberDurationLiteral) return null;
  const written = text.slice(node.from, node.to).replace(/\s+/g, "");
  const value = written === "" ? NaN : Number(written);
  return Number.isFinite(value) ? value : null;
}

/** "query > 5" as a threshold; null where the text is no comparison with a number. */
export function thresholdOf(text: string): Extract<Condition, { kind: "threshold" }> | null {
  const root = parser.parse(text).topNode.firstChild;
  if (root?.type.id !== BinaryExpr || root.nextSibling !== null) return null;
  const [left, right] = [root.firstChild, root.lastChild];
  if (left === null || right === null) return null;
  const between = text.slice(left.to, right.from).trim();
  const op = OPERATORS.find((one) => one === between);
  if (op === undefined) return null;
  const value = numberIn(right, text);
  if (value !== null) return { kind: "threshold", query: text.slice(left.from, left.to), op, value };
  const first = numberIn(left, text);
  if (first === null) return null;
  return { kind: "threshold", query: text.slice(right.from, right.to), op: MIRRORED[op], value: first };
}

export interface Drawn {
  queries: readonly string[];
  /** Numbers to draw as lines. */
  lines: readonly { value: number; recovers: boolean }[];
}

const NOTHING: Drawn = { queries: [], lines: [] };

/** What a chart shows of a condition: the values that it looks at, without what it says of them. */
export function drawnOf(condition: Condition): Drawn {
  switch (condition.kind) {
    case "threshold": {
      const { value, recover } = condition;
      const lines = Number.isFinite(value) ? [{ value, recovers: false }] : [];
      const calm = typeof recover === "number" && Number.isFinite(recover) ? [{ value: recover, recovers: true }] : [];
      return { queries: asked(condition.query), lines: [...lines, ...calm] };
    }
    case "compare": {
      const { left, right, factor = 1 } = condition;
      const scaled = factor === 1 || !Number.isFinite(factor) ? right : `(${right}) * ${factor}`;
      return { queries: [...asked(left), ...(right.trim() === "" ? [] : [scaled])], lines: [] };
    }
    case "promql":
      return drawnOfText(condition.query);
    case "and":
    case "or": {
      const parts = condition.of.map(drawnOf);
      const queries = [...new Set(parts.flatMap((one) => one.queries))];
      // lines belong to one query: of several they would say nothing
      return { queries, lines: queries.length === 1 ? parts.flatMap((one) => one.lines) : [] };
    }
    case "not":
      return drawnOf(condition.of);
    default:
      return { queries: asked(condition.query), lines: [] };
  }
}

/** Of "query > 5" the query and the number; else the text itself. */
export function drawnOfText(text: string): Drawn {
  if (text.trim() === "") return NOTHING;
  const threshold = thresholdOf(text);
  return threshold === null ? { queries: [text], lines: [] } : drawnOf(threshold);
}

const asked = (query: string): string[] => (query.trim() === "" ? [] : [query]);

/** Whether everything that a condition needs is there; the server says what is wrong with what is. */
export function isComplete(condition: Condition): boolean {
  switch (condition.kind) {
    case "threshold":
      return filled(condition.query) && Number.isFinite(condition.value) && !Number.isNaN(condition.recover);
    case "compare":
      return filled(condition.left) && filled(condition.right) && Number.isFinite(condition.factor ?? 1);
    case "change":
      return filled(condition.query) && Number.isFinite(condition.by) && durationProblem(condition.over, true) === null;
    case "absence":
      return filled(condition.query) && durationProblem(condition.over ?? "") === null;
    case "anomaly": {
      const { threshold = 3, window = 100, step = "1m", season = "1d", seasons = 3 } = condition;
      const numbers = [threshold, window, seasons].every((one) => Number.isFinite(one));
      return filled(condition.query) && numbers && [step, season].every((one) => durationProblem(one, true) === null);
    }
    case "and":
      return condition.of.some((one) => one.kind !== "not") && condition.of.every(isComplete);
    case "or":
      return condition.of.length > 0 && condition.of.every(isComplete);
    case "not":
      return isComplete(condition.of);
    case "promql":
      return filled(condition.query);
  }
}

const filled = (text: string): boolean => text.trim() !== "";
