/** PromQL rewritten by its syntax tree: asked about an earlier time, or for the range of values within each step. */

import type { SyntaxNode } from "@lezer/common";
import { MatrixSelector, VectorSelector, parser } from "@prometheus-io/lezer-promql";
import { parseDuration, promDuration } from "../../data/duration";

interface Insert {
  from: number;
  to: number;
  text: string;
}

function selectors(promql: string): SyntaxNode[] | null {
  const found: SyntaxNode[] = [];
  const errors: number[] = [];
  parser.parse(promql).iterate({
    enter: ({ type, node }) => {
      if (type.isError) errors.push(node.from);
      if (type.id === VectorSelector) found.push(node);
    },
  });
  return errors.length > 0 ? null : found;
}

function apply(promql: string, inserts: readonly Insert[]): string {
  let out = promql;
  for (const { from, to, text } of [...inserts].sort((a, b) => b.from - a.from)) {
    out = out.slice(0, from) + text + out.slice(to);
  }
  return out;
}

const offsetText = (shift_ms: number): string =>
  shift_ms < 0 ? `-${promDuration(-shift_ms)}` : promDuration(shift_ms);

/** What may follow a selector: `@`, an offset, `@` after it. */
const MODIFIERS = /^\s*(@)?(?:\s*offset\b\s*([-+]?\s*[\w.(]+)\s*(@)?)?/i;

/**
 * The same question about a time `shift_ms` earlier, with the answer at the present's moments; null when it cannot be
 * said: the text is broken, or an offset in it is computed. What is pinned to a moment with `@` stays.
 */
export function shifted(promql: string, shift_ms: number): string | null {
  if (shift_ms === 0) return promql;
  const found = selectors(promql);
  if (found === null) return null;
  const inserts: Insert[] = [];
  for (const selector of found) {
    const { parent } = selector;
    const { to } = parent?.type.id === MatrixSelector ? parent : selector;
    // the grammar hangs an offset after arithmetic onto the whole of it, so it is read from the text
    const [, before, own, after] = MODIFIERS.exec(promql.slice(to)) ?? [];
    if (before !== undefined || after !== undefined) continue;
    if (own === undefined) {
      inserts.push({ from: to, to, text: ` offset ${offsetText(shift_ms)}` });
      continue;
    }
    const own_ms = readOffset(own);
    if (own_ms === null) return null;
    const from = promql.indexOf(own, to + promql.slice(to).search(/offset/i) + "offset".length);
    const sum_ms = own_ms + shift_ms;
    inserts.push({ from, to: from + own.length, text: sum_ms === 0 ? "0s" : offsetText(sum_ms) });
  }
  return apply(promql, inserts);
}

function readOffset(text: string): number | null {
  const [, sign, rest] = /^\s*([-+]?)\s*(.+?)\s*$/.exec(text) ?? [];
  const size_ms = rest === undefined ? null : /^\d+$/.test(rest) ? Number(rest) * 1000 : parseDuration(rest);
  return size_ms === null ? null : sign === "-" ? -size_ms : size_ms;
}

export interface Envelope {
  low: string;
  high: string;
}

/**
 * Least and greatest value within each step. Of a bare selector these are over all samples; of anything else over
 * `fine_ms` steps of the question itself, where that is given. null: there is no such question.
 */
export function envelopeOf(promql: string, step_ms: number, fine_ms: number | null): Envelope | null {
  const text = promql.trim();
  const found = selectors(text);
  if (found === null || text.includes("#")) return null;
  const [only] = found;
  const step = promDuration(step_ms);
  const isBare = found.length === 1 && only?.from === 0 && only.to === text.length;
  if (isBare) return { low: `min_over_time(${text}[${step}])`, high: `max_over_time(${text}[${step}])` };
  if (fine_ms === null || found.length === 0) return null;
  const window = `(${text})[${step}:${promDuration(fine_ms)}]`;
  return { low: `min_over_time(${window})`, high: `max_over_time(${window})` };
}
