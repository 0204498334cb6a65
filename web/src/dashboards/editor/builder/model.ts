/** A query as the builder shows it: one metric, its filters, and operations one after the other. Reads and writes PromQL. */

import type { SyntaxNode } from "@lezer/common";
import {
  AggregateExpr,
  AggregateModifier,
  AggregateOp,
  BinaryExpr,
  BoolModifier,
  By,
  DurationExpr,
  FunctionCall,
  FunctionCallBody,
  FunctionIdentifier,
  GroupingLabels,
  Identifier,
  LabelMatchers,
  LabelName,
  LineComment,
  MatchOp,
  MatchingModifierClause,
  MatrixSelector,
  NumberDurationLiteral,
  ParenExpr,
  StringLiteral,
  UnquotedLabelMatcher,
  VectorSelector,
  parser,
} from "@prometheus-io/lezer-promql";
import { matcherText } from "../../data/adhoc";
import type { AdhocFilter } from "../../data/adhoc";
import { maskVariables } from "../../data/mask";
import { operationSpec } from "./operations";

export type Matcher = AdhocFilter;

export interface Operation {
  name: string;
  /** Of windows: a duration or a variable. */
  window?: string;
  /** A number before or after the series. */
  number?: string;
  grouping?: { by: boolean; labels: readonly string[] };
}

export interface BuilderQuery {
  metric: string;
  matchers: readonly Matcher[];
  /** From the inside out. */
  operations: readonly Operation[];
}

/** Why a query is shown as code only. */
export class NotBuildable extends Error {}

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const VARIABLE = /^(?:\$\w+|\$\{[^{}]+\}|\[\[\w+\]\])$/;
const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;
const COMPARISONS = new Set([">", "<", ">=", "<=", "==", "!="]);

class Reader {
  readonly operations: Operation[] = [];
  selector: { metric: string; matchers: Matcher[] } = { metric: "", matchers: [] };

  constructor(private readonly text: string) {}

  read(node: SyntaxNode): void {
    switch (node.type.id) {
      case ParenExpr:
        this.inner(node.firstChild);
        break;
      case AggregateExpr:
        this.aggregate(node);
        break;
      case FunctionCall:
        this.call(node);
        break;
      case BinaryExpr:
        this.binary(node);
        break;
      case VectorSelector:
        this.select(node);
        break;
      case MatrixSelector:
        throw new NotBuildable("A window stands only within a function such as rate.");
      default:
        throw new NotBuildable(`"${this.of(node).slice(0, 60)}" can only be written as code.`);
    }
  }

  private of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  private inner(node: SyntaxNode | null): void {
    if (node === null) throw new NotBuildable("Something is missing.");
    this.read(node);
  }

  private number(node: SyntaxNode | undefined): string {
    const text = node === undefined ? "" : this.of(node).trim();
    if (NUMBER.test(text) || VARIABLE.test(text)) return text;
    throw new NotBuildable(`"${text.slice(0, 60)}" is not a number: it can only be written as code.`);
  }

  private args(node: SyntaxNode): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    for (let one = node.getChild(FunctionCallBody)?.firstChild ?? null; one !== null; one = one.nextSibling)
      found.push(one);
    return found;
  }

  private aggregate(node: SyntaxNode): void {
    const op = node.getChild(AggregateOp);
    const name = op === null ? "" : this.of(op).toLowerCase();
    const spec = operationSpec(name);
    const args = this.args(node);
    if (spec === null) throw new NotBuildable(`"${name}" can only be written as code.`);
    if (args.length !== (spec.param === undefined ? 1 : 2))
      throw new NotBuildable(`"${name}" has another number of values.`);
    this.inner(args.at(-1) ?? null);
    const modifier = node.getChild(AggregateModifier);
    const labels = modifier?.getChild(GroupingLabels)?.getChildren(LabelName) ?? [];
    const names = labels.map((one) => this.of(one));
    const quoted = (modifier?.getChild(GroupingLabels)?.firstChild ?? null) !== null && names.length === 0;
    if (quoted || names.some((one) => !LABEL.test(one) && !VARIABLE.test(one))) {
      throw new NotBuildable("Quoted labels can only be written as code.");
    }
    this.operations.push({
      name,
      ...(spec.param === undefined ? {} : { number: this.number(args[0]) }),
      ...(modifier === null ? {} : { grouping: { by: modifier.getChild(By) !== null, labels: names } }),
    });
  }

  private call(node: SyntaxNode): void {
    const identifier = node.getChild(FunctionIdentifier);
    const name = identifier === null ? "" : this.of(identifier);
    const spec = operationSpec(name);
    const args = this.args(node);
    if (spec === null || spec.kind === "aggregate") throw new NotBuildable(`"${name}" can only be written as code.`);
    const wanted = 1 + (spec.param === undefined ? 0 : 1) + (spec.after === undefined ? 0 : 1);
    if (args.length !== wanted) throw new NotBuildable(`"${name}" has another number of values.`);
    const series = args[spec.param === undefined ? 0 : 1];
    const number = spec.param !== undefined ? args[0] : spec.after !== undefined ? args[1] : undefined;
    const operation: Operation = { name, ...(number === undefined ? {} : { number: this.number(number) }) };
    if (spec.kind !== "window") {
      this.inner(series ?? null);
      this.operations.push(operation);
      return;
    }
    if (series?.type.id !== MatrixSelector) {
      throw new NotBuildable("Windows over computed values, offsets and subqueries can only be written as code.");
    }
    const window = series.getChild(DurationExpr);
    this.inner(series.getChild(VectorSelector));
    this.operations.push({ ...operation, window: window === null ? "" : this.of(window) });
  }

  private binary(node: SyntaxNode): void {
    const [left, sign] = [node.firstChild, node.firstChild?.nextSibling ?? null];
    const right = node.lastChild;
    if (node.getChild(MatchingModifierClause) !== null || node.getChild(BoolModifier) !== null) {
      throw new NotBuildable("Modifiers of arithmetic can only be written as code.");
    }
    const isNumber = (one: SyntaxNode | null): boolean =>
      one !== null &&
      (one.type.id === NumberDurationLiteral || VARIABLE.test(this.of(one)) || NUMBER.test(this.of(one)));
    const name = sign === null ? "" : this.of(sign);
    if (!isNumber(right) || isNumber(left)) {
      throw new NotBuildable(
        "Arithmetic other than with a number behind is written as code, or as a formula over queries.",
      );
    }
    if (operationSpec(name) === null) throw new NotBuildable(`"${name}" can only be written as code.`);
    // of "a + b * 2" the tree says what belongs together, of "a > b > c" too
    this.inner(left);
    this.operations.push({ name, number: this.number(right ?? undefined) });
  }

  private select(node: SyntaxNode): void {
    const identifier = node.getChild(Identifier);
    const braces = node.getChild(LabelMatchers);
    const matchers: Matcher[] = [];
    for (let one = braces?.firstChild ?? null; one !== null; one = one.nextSibling) {
      const label = one.getChild(LabelName);
      const op = one.getChild(MatchOp);
      const value = one.getChild(StringLiteral);
      if (one.type.id !== UnquotedLabelMatcher || label === null || op === null || value === null) {
        throw new NotBuildable("Quoted names and alternatives in a filter can only be written as code.");
      }
      matchers.push({ label: this.of(label), op: this.of(op) as Matcher["op"], value: readLiteral(this.of(value)) });
    }
    const metric = identifier === null ? "" : this.of(identifier);
    if (VARIABLE.test(metric)) throw new NotBuildable("A metric whose name is a variable can only be written as code.");
    this.selector = { metric, matchers };
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\u0007", b: "\b", f: "\f", v: "\v" };

/** What a literal means. */
export function readLiteral(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith("`")) return inside;
  return inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (...match: string[]) => {
      const hex = match[1] ?? match[2] ?? match[3];
      if (hex !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16)));
      if (match[4] !== undefined) return String.fromCharCode(Number.parseInt(match[4], 8));
      const one = match[5] ?? "";
      return ESCAPES[one] ?? one;
    },
  );
}

/** The builder's form of a text; throws `NotBuildable` with the reason. */
export function readQuery(text: string): BuilderQuery {
  const masked = maskVariables(text);
  if (text.trim() === "") return { metric: "", matchers: [], operations: [] };
  const tree = parser.parse(masked);
  const found = new Set<number>();
  let isBroken = false as boolean;
  tree.iterate({
    enter: ({ type }) => {
      found.add(type.id);
      isBroken ||= type.isError;
    },
  });
  if (isBroken) throw new NotBuildable("The code has a mistake.");
  if (found.has(LineComment)) throw new NotBuildable("Comments can only be written as code.");
  const root = tree.topNode.firstChild;
  if (root === null) throw new NotBuildable("The code is empty.");
  const reader = new Reader(text);
  reader.read(root);
  return { ...reader.selector, operations: reader.operations };
}

export function selectorOf({ metric, matchers }: Pick<BuilderQuery, "metric" | "matchers">): string {
  const filters = matchers.map(matcherText).join(", ");
  return filters === "" && metric !== "" ? metric : `${metric}{${filters}}`;
}

function writeOne(inner: string, { name, window, number, grouping }: Operation, first: boolean): string {
  const spec = operationSpec(name);
  const value = number === undefined || number === "" ? "0" : number;
  if (spec?.kind === "number") {
    const plain = first ? inner : inner.startsWith("(") || /[-+*/<>=!]\s\S+$/.test(inner) ? `(${inner})` : inner;
    return `${plain} ${name} ${value}`;
  }
  const series = spec?.kind === "window" ? `${inner}[${window ?? RATE}]` : inner;
  const args = [...(spec?.param === undefined ? [] : [value]), series, ...(spec?.after === undefined ? [] : [value])];
  const words = grouping === undefined ? "" : ` ${grouping.by ? "by" : "without"} (${grouping.labels.join(", ")}) `;
  return `${name}${words}(${args.join(", ")})`;
}

const RATE = "$__rate_interval";

/** The PromQL of the builder's form. */
export function writeQuery(query: BuilderQuery): string {
  if (query.metric === "" && query.matchers.length === 0) return "";
  return query.operations.reduce((inner, one, at) => writeOne(inner, one, at === 0), selectorOf(query));
}

/** What a metric is usually asked as. */
export function startOf(metric: string, type: string): Operation[] {
  if (/_bucket$/.test(metric)) {
    return [
      { name: "rate", window: RATE },
      { name: "sum", grouping: { by: true, labels: ["le"] } },
      { name: "histogram_quantile", number: "0.95" },
    ];
  }
  return type === "counter" || /_total$|_sum$|_count$/.test(metric) ? [{ name: "rate", window: RATE }] : [];
}

export const isComparison = (name: string): boolean => COMPARISONS.has(name);
