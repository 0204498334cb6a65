/** Formulas over answers: every answer is brought onto one column of moments, series are paired by their labels. */

import type { Labels } from "../../data/labels";
import { identity, withoutName } from "../../data/labels";
import { lowerBound } from "../../data/matrix";
import type { Across, Node, Op } from "./formula";
import { ELEMENTWISE, FormulaError } from "./formula";

export interface Answered {
  times: Float64Array;
  step_ms: number;
  series: readonly { labels: Labels; values: Float64Array }[];
}

export interface Computed extends Answered {
  /** What was left out, in words. */
  notes: readonly string[];
}

type Series = Answered["series"][number];
type Value = number | readonly Series[];

const APPLY: Readonly<Record<Op, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "^": (a, b) => a ** b,
};

const REDUCE: Readonly<Record<Across, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, one) => sum + one, 0),
  avg: (values) => values.reduce((sum, one) => sum + one, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
};

/** Labels that tell series apart; the name of a metric is lost by arithmetic, as in PromQL. */
const bare = withoutName;

class Evaluation {
  readonly notes: string[] = [];

  constructor(
    private readonly inputs: ReadonlyMap<string, readonly Series[]>,
    private readonly length: number,
  ) {}

  value(node: Node): Value {
    switch (node.kind) {
      case "number":
        return node.value;
      case "ref": {
        const found = this.inputs.get(node.ref);
        if (found === undefined) throw new FormulaError(`There is no query ${node.ref}.`, node.from, node.to);
        return found;
      }
      case "negate":
        return map(this.value(node.of), (one) => -one);
      case "binary":
        return this.binary(node.op, this.value(node.left), this.value(node.right));
      case "call":
        return this.call(
          node.name,
          node.args.map((one) => this.value(one)),
        );
    }
  }

  private call(name: string, args: readonly Value[]): Value {
    const each = ELEMENTWISE[name];
    const [first = 0] = args;
    if (each !== undefined) return map(first, each);
    const reduce = REDUCE[name as Across];
    if (args.every((one) => typeof one === "number")) return reduce(args);
    const all = args.flatMap((one) => (typeof one === "number" ? [{ labels: {}, values: this.filled(one) }] : one));
    const values = new Float64Array(this.length).fill(NaN);
    for (let row = 0; row < this.length; row += 1) {
      const there = all.map((one) => one.values[row] ?? NaN).filter((one) => !Number.isNaN(one));
      if (there.length > 0) values[row] = reduce(there);
    }
    return [{ labels: {}, values }];
  }

  private filled(value: number): Float64Array {
    return new Float64Array(this.length).fill(value);
  }

  private binary(op: Op, left: Value, right: Value): Value {
    const apply = APPLY[op];
    if (typeof left === "number") return map(right, (one) => apply(left, one));
    if (typeof right === "number") return map(left, (one) => apply(one, right));
    const partners = new Map(right.map((one) => [identity(bare(one.labels)), one]));
    const matched = left.flatMap((one) => {
      const other = partners.get(identity(bare(one.labels)));
      return other === undefined ? [] : [both(one.labels, one, other, apply)];
    });
    if (matched.length > 0 || left.length === 0 || right.length === 0) {
      const alone = left.length + right.length - 2 * matched.length;
      if (alone > 0) this.notes.push(`${alone} series without a partner on the other side of "${op}" are left out.`);
      return matched;
    }
    const [[onlyLeft], [onlyRight]] = [left, right];
    if (right.length === 1 && onlyRight !== undefined)
      return left.map((one) => both(one.labels, one, onlyRight, apply));
    if (left.length === 1 && onlyLeft !== undefined) return right.map((one) => both(one.labels, onlyLeft, one, apply));
    this.notes.push(`No series on the two sides of "${op}" have the same labels.`);
    return [];
  }
}

function both(labels: Labels, a: Series, b: Series, apply: (a: number, b: number) => number): Series {
  return { labels: bare(labels), values: a.values.map((one, row) => apply(one, b.values[row] ?? NaN)) };
}

function map(value: Value, apply: (one: number) => number): Value {
  if (typeof value === "number") return apply(value);
  return value.map(({ labels, values }) => ({ labels: bare(labels), values: values.map(apply) }));
}

function allTimes(answers: readonly Answered[]): Float64Array {
  const [first, ...rest] = answers;
  if (first === undefined) return new Float64Array(0);
  if (rest.every(({ times }) => times === first.times)) return first.times;
  const times = new Set<number>();
  for (const answer of answers) for (const time of answer.times) times.add(time);
  return Float64Array.from(times).sort();
}

/** Values on other moments; one of a coarser step holds until its next. */
export function aligned(
  { times, step_ms, series }: Answered,
  onto: Float64Array,
  finest_ms: number,
): readonly Series[] {
  if (times === onto) return series;
  const rows = Array.from(onto, (time) => {
    const at = lowerBound(times, times.length, time);
    if (times[at] === time) return at;
    const before = at - 1;
    return before >= 0 && step_ms > finest_ms && time - (times[before] ?? 0) < step_ms ? before : -1;
  });
  return series.map(({ labels, values }) => ({
    labels,
    values: Float64Array.from(rows, (row) => (row < 0 ? NaN : (values[row] ?? NaN))),
  }));
}

/** The series of a formula; throws a `FormulaError` for a ref that is not there. */
export function evaluate(node: Node, answers: ReadonlyMap<string, Answered>): Computed {
  const list = [...answers.values()];
  const times = allTimes(list);
  const finest_ms = Math.min(...list.map((one) => one.step_ms));
  const inputs = new Map([...answers].map(([ref, one]) => [ref, aligned(one, times, finest_ms)]));
  const evaluation = new Evaluation(inputs, times.length);
  const value = evaluation.value(node);
  const series =
    typeof value === "number" ? [{ labels: {}, values: new Float64Array(times.length).fill(value) }] : value;
  const step_ms = Number.isFinite(finest_ms) ? finest_ms : 1000;
  return { times, step_ms, series, notes: [...new Set(evaluation.notes)] };
}
