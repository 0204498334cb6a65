/** What a widget asks for: its queries with all variables put in, as questions that other widgets may share. */

import { parseDuration } from "../../data/duration";
import { chooseStep } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import type { Query, Widget } from "../document";
import type { AdhocFilter } from "./adhoc";
import { addFilters } from "./adhoc";
import type { Node } from "./formula";
import { FormulaError, parseFormula, refsOf } from "./formula";
import { interpolatePromql } from "./interpolate";
import { namesIn } from "./references";
import { envelopeOf, shifted } from "./rewrite";
import { rateSelector } from "./scrapeInterval";
import type { Scope } from "./scope";
import { builtins, joined } from "./scope";

export type Role = "value" | "low" | "high" | "past";

export interface Ask {
  ref: string;
  role: Role;
  /** As it is sent. */
  promql: string;
  step_ms: number;
  span_ms: number;
  instant: boolean;
  /** Names the question: two that are equal are asked once. */
  slot: string;
}

export interface QueryProblem {
  ref: string;
  /** Where in the query as it is written; null: nowhere in particular. */
  from: number | null;
  to: number | null;
  message: string;
}

export interface Plan {
  span_ms: number;
  step_ms: number;
  asks: readonly Ask[];
  formulas: ReadonlyMap<string, Node>;
  problems: readonly QueryProblem[];
  /** Where a place of what was sent is in what was written, by ref. */
  origins: ReadonlyMap<string, (offset: number) => number>;
  /** Something that is spoken of is not known yet. */
  waits: boolean;
  /** What is shown, or not, of the queries. */
  shown: readonly Query[];
}

export interface Wish {
  interval: Interval;
  width: number;
  variables: Scope;
  filters: readonly AdhocFilter[];
  /** Whether the least and greatest value of each step are drawn. */
  envelope: boolean;
  /** How often what a selector means is scraped: null is not known yet, undefined never will be. */
  scrapeOf?: (selector: string) => number | null | undefined;
}

/** Of a computed question the envelope is taken over so many finer steps, where a step is worth it. */
const FINER = 8;
const WORTH_MS = 10_000;
const WIDTHS = [250, 500, 1000];

/** Points for a width: few sizes, so that widgets of different widths still ask the same. */
export function pointsFor(width: number): number {
  return WIDTHS.find((points) => width <= points * 1.3) ?? 1500;
}

/** The step of a widget. Where an envelope would be of two seconds each, the seconds are asked for: they are fewer. */
export function stepFor(span_ms: number, width: number, envelope: boolean): number {
  const step_ms = chooseStep(span_ms, pointsFor(width));
  return envelope && step_ms === 2000 ? 1000 : step_ms;
}

/** The part of the time that a widget shows. */
export function spanOf(widget: Widget, interval: Interval): Interval {
  const last_ms = parseDuration(widget.time.last);
  return last_ms === null || last_ms < 1000
    ? interval
    : { start_ms: interval.end_ms - last_ms, end_ms: interval.end_ms };
}

/** How much earlier the ghost is; 0 without one. */
function compareShift(compare: string, span_ms: number): number {
  if (compare === "previous") return span_ms;
  return parseDuration(compare) ?? 0;
}

interface Drafting {
  widget: Widget;
  wish: Wish;
  span: Interval;
  asks: Ask[];
  problems: QueryProblem[];
  origins: Map<string, (offset: number) => number>;
  waits: boolean;
}

export function planWidget(widget: Widget, wish: Wish): Plan {
  const span = spanOf(widget, wish.interval);
  const span_ms = span.end_ms - span.start_ms;
  const step_ms = stepFor(span_ms, wish.width, wish.envelope);
  const draft: Drafting = { widget, wish, span, asks: [], problems: [], origins: new Map(), waits: false };
  const formulas = readFormulas(widget, draft.problems);
  const shown = widget.queries.filter((query) => !query.hidden && query.text.trim() !== "");
  const needed = new Set(shown.map((query) => query.ref));
  // a hidden query is asked for when a formula that is shown speaks of it, or one that such a formula speaks of
  for (let grown = 0; grown !== needed.size;) {
    grown = needed.size;
    for (const [ref, node] of formulas) if (needed.has(ref)) for (const one of refsOf(node)) needed.add(one);
  }
  for (const query of widget.queries) {
    if (query.kind === "promql" && needed.has(query.ref) && query.text.trim() !== "") ask(draft, query, step_ms);
  }
  const { asks, problems, origins, waits } = draft;
  return { span_ms, step_ms, asks, formulas, problems, origins, waits, shown };
}

/** The formulas of a widget by their refs; what is wrong with others is added to `problems`. */
export function readFormulas(widget: Widget, problems: QueryProblem[]): Map<string, Node> {
  const formulas = new Map<string, Node>();
  for (const { ref, kind, text } of widget.queries) {
    if (kind !== "formula" || text.trim() === "") continue;
    try {
      const node = parseFormula(text);
      const reaches = reachable(ref, node, formulas);
      if (reaches) throw new FormulaError(`${ref} is computed from itself.`, 0, text.length);
      formulas.set(ref, node);
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      problems.push({ ref, from: error.from, to: error.to, message: error.message });
    }
  }
  return formulas;
}

function reachable(ref: string, node: Node, formulas: ReadonlyMap<string, Node>): boolean {
  const seen = new Set<string>();
  const open = [...refsOf(node)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one === ref) return true;
    const next = formulas.get(one);
    if (seen.has(one) || next === undefined) continue;
    seen.add(one);
    open.push(...refsOf(next));
  }
  return false;
}

function ask(draft: Drafting, query: Query, wanted_ms: number): void {
  const { widget, wish, span, problems } = draft;
  const { ref } = query;
  const span_ms = span.end_ms - span.start_ms;
  const step_ms = Math.max(wanted_ms, query.min_step_ms);
  const usual = joined(wish.variables, builtins(step_ms, span));
  const selector = rateSelector(query, usual, wish.filters);
  const scrape_ms = selector === null ? undefined : wish.scrapeOf?.(selector);
  if (scrape_ms === null || [...namesIn(query.text)].some((name) => usual.get(name)?.pending === true)) {
    draft.waits = true;
    return;
  }
  const scope = scrape_ms === undefined ? usual : joined(usual, builtins(step_ms, span, scrape_ms));
  const { text, problems: found, origin } = interpolatePromql(query.text, scope);
  if (found.length > 0) {
    problems.push(...found.map((one) => ({ ref, ...one })));
    return;
  }
  draft.origins.set(ref, origin);
  const filtered = addFilters(text, wish.filters);
  const shift_ms = query.shift_ms + (parseDuration(widget.time.shift) ?? 0);
  const promql = shifted(filtered, shift_ms);
  const instant = query.mode === "instant";
  const put = (role: Role, sent: string): void => {
    const slot = JSON.stringify([sent, step_ms, instant ? "instant" : span_ms]);
    draft.asks.push({ ref, role, promql: sent, step_ms, span_ms, instant, slot });
  };
  // a text that cannot be read is sent as it is: the server says what is wrong with it
  put("value", promql ?? filtered);
  if (promql === null && shift_ms !== 0) {
    problems.push({ ref, from: null, to: null, message: "The time of this query cannot be shifted." });
  }
  const ghost_ms = compareShift(widget.time.compare, span_ms);
  const past = ghost_ms === 0 || promql === null ? null : shifted(promql, ghost_ms);
  if (past !== null) put("past", past);
  if (instant || promql === null || !wish.envelope) return;
  const fine_ms = step_ms >= WORTH_MS ? Math.floor(step_ms / FINER) : null;
  const envelope = step_ms > 1000 ? envelopeOf(promql, step_ms, fine_ms) : null;
  if (envelope === null) return;
  put("low", envelope.low);
  put("high", envelope.high);
}
