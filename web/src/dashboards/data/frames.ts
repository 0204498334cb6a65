/** The answers of a widget's questions as one frame: named, formatted, computed, with envelopes and ghosts. */

import type { FieldFormat } from "../../data/fieldFormat";
import { identity, withoutName } from "../../data/labels";
import { unitOf } from "../../data/units";
import type { Frame, WidgetSeries } from "../../widgets/plugin";
import type { Query, Widget } from "../document";
import type { Answered } from "./evaluate";
import { aligned, evaluate } from "./evaluate";
import { baseFormat, formatOf, nameAll } from "./fields";
import type { Node } from "./formula";
import { FormulaError, refsOf } from "./formula";
import type { Plan, QueryProblem, Role } from "./questions";

/** An answer by the question's ref and role. */
export type Answers = ReadonlyMap<string, Answered>;

export const answerKey = (ref: string, role: Role): string => `${role} ${ref}`;

export interface Built {
  frame: Frame;
  problems: readonly QueryProblem[];
  notes: readonly string[];
}

const NO_TIMES = new Float64Array(0);

interface Shown {
  query: Query;
  answer: Answered;
  role: "value" | "past";
}

/** Values of a formula by the refs of others; those of formulas are computed on the way. */
function computedFor(
  role: "value" | "past",
  plan: Plan,
  answers: Answers,
  found: Notes,
): (ref: string) => Answered | null {
  const known = new Map<string, Answered | null>();
  const find = (ref: string): Answered | null => {
    const plain = answers.get(answerKey(ref, role));
    if (plain !== undefined) return plain;
    const node = plan.formulas.get(ref);
    if (node === undefined) return null;
    const before = known.get(ref);
    if (before !== undefined) return before;
    const value = compute(ref, node, find, found);
    known.set(ref, value);
    return value;
  };
  return find;
}

interface Notes {
  problems: QueryProblem[];
  notes: string[];
  /** Refs that are still on their way: what is computed from them waits. */
  known: ReadonlySet<string>;
}

function compute(ref: string, node: Node, find: (ref: string) => Answered | null, found: Notes): Answered | null {
  const inputs = new Map<string, Answered>();
  for (const one of refsOf(node)) {
    const input = find(one);
    if (input !== null) inputs.set(one, input);
    else if (found.known.has(one)) return null;
  }
  try {
    const computed = evaluate(node, inputs);
    found.notes.push(...computed.notes.map((note) => `${ref}: ${note}`));
    return computed;
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    found.problems.push({ ref, from: error.from, to: error.to, message: error.message });
    return null;
  }
}

export function buildFrame(widget: Widget, plan: Plan, answers: Answers): Built {
  const found: Notes = { problems: [], notes: [], known: new Set(widget.queries.map((query) => query.ref)) };
  const shown: Shown[] = [];
  for (const role of ["value", "past"] as const) {
    const find = computedFor(role, plan, answers, found);
    // a formula has a ghost only when something it is computed from has one
    if (role === "past" && !plan.asks.some((ask) => ask.role === "past")) continue;
    for (const query of plan.shown) {
      const answer = find(query.ref);
      if (answer !== null) shown.push({ query, answer, role });
    }
  }
  const times = unionTimes(shown.map(({ answer }) => answer));
  const finest_ms = Math.min(...shown.map(({ answer }) => answer.step_ms), Infinity);
  const step_ms = Number.isFinite(finest_ms) ? finest_ms : plan.step_ms;
  const series = shown.flatMap((one) => seriesOf(one, widget, plan, answers, times, step_ms));
  return { frame: { times, step_ms, series }, problems: found.problems, notes: [...new Set(found.notes)] };
}

function unionTimes(answers: readonly Answered[]): Float64Array {
  const [first, ...rest] = answers;
  if (first === undefined) return NO_TIMES;
  if (rest.every((one) => sameTimes(first, one))) return first.times;
  const times = new Set<number>();
  for (const answer of answers) for (const time of answer.times) times.add(time);
  return Float64Array.from(times).sort();
}

/** Answers of one step whose ends are the same have the same moments between them. */
function sameTimes(a: Answered, b: Answered): boolean {
  const { length } = a.times;
  if (a.times === b.times) return true;
  return (
    a.step_ms === b.step_ms &&
    length === b.times.length &&
    a.times[0] === b.times[0] &&
    a.times[length - 1] === b.times[length - 1] &&
    (length < 2 || ((a.times[length - 1] ?? 0) - (a.times[0] ?? 0)) / a.step_ms === length - 1)
  );
}

function brought(answer: Answered, times: Float64Array, step_ms: number): Answered["series"] {
  const probe = { times, step_ms: answer.step_ms, series: [] };
  return sameTimes(answer, probe) ? answer.series : aligned(answer, times, step_ms);
}

function seriesOf(
  { query, answer, role }: Shown,
  widget: Widget,
  plan: Plan,
  answers: Answers,
  times: Float64Array,
  step_ms: number,
): WidgetSeries[] {
  const { ref } = query;
  const first = plan.shown[0]?.ref === ref;
  const all = brought(answer, times, step_ms);
  const names = nameAll(
    all.map((one) => one.labels),
    query.legend,
    ref,
    plan.shown.length === 1,
  );
  const base = baseFormat(query.kind === "formula" ? "number" : unitOf([query.text]));
  const bounds = role === "value" ? envelopes(ref, answers, times, step_ms) : null;
  return all.map(({ labels, values }, at) => {
    const name = names[at] ?? ref;
    const own = identity(labels);
    // the name of a metric is gone in what its envelope was computed from
    const bound = bounds?.get(identity(withoutName(labels)));
    const shown = formatOf({ ref, name, labels }, base, widget.format, widget.overrides);
    const key = first ? own : `${ref} ${own}`;
    return {
      key: role === "past" ? `past ${key}` : key,
      ref,
      name: role === "past" ? `${shown.name} (before)` : shown.name,
      labels,
      values,
      ...(bound ?? {}),
      format: shown.format satisfies FieldFormat,
      ...(shown.given === "" ? {} : { given: shown.given }),
      ...(role === "past" ? { isPast: true } : {}),
    };
  });
}

function envelopes(
  ref: string,
  answers: Answers,
  times: Float64Array,
  step_ms: number,
): Map<string, { low: Float64Array; high: Float64Array }> | null {
  const low = answers.get(answerKey(ref, "low"));
  const high = answers.get(answerKey(ref, "high"));
  if (low === undefined || high === undefined) return null;
  const highs = new Map(brought(high, times, step_ms).map((one) => [identity(withoutName(one.labels)), one.values]));
  const found = new Map<string, { low: Float64Array; high: Float64Array }>();
  for (const { labels, values } of brought(low, times, step_ms)) {
    const key = identity(withoutName(labels));
    const upper = highs.get(key);
    if (upper !== undefined) found.set(key, { low: values, high: upper });
  }
  return found;
}

/** The newest moment alone. */
export function momentOf(answer: Answered): Answered {
  const row = answer.times.length - 1;
  if (row < 0) return { ...answer, times: NO_TIMES, series: [] };
  return {
    ...answer,
    times: answer.times.slice(row),
    series: answer.series
      .map(({ labels, values }) => ({ labels, values: values.slice(row, row + 1) }))
      .filter(({ values }) => !Number.isNaN(values[0])),
  };
}
