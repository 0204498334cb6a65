/** One unbroken stretch of answers on whole steps, kept while a recording plays over it. */

import type { Labels } from "./labels";
import type { SeriesView } from "./matrix";
import type { Interval } from "./timeRange";

export interface Block {
  step_ms: number;
  /** Rows of first and last moment: time over step. */
  first: number;
  last: number;
  times_ms: Float64Array;
  series: readonly SeriesView[];
}

/** First and last row, both included. */
export interface Rows {
  first: number;
  last: number;
}

export interface AnsweredSeries {
  key: string;
  labels: Labels;
  values: readonly number[];
}

const MOST_ROWS = 12_000;

export const rowOf = (time_ms: number, step_ms: number): number => Math.floor(time_ms / step_ms);

/** The rows that a window ending at a moment is drawn from: one more on the left, where lines come in. */
export function rowsOf({ start_ms, end_ms }: Interval, step_ms: number): Rows {
  const last = rowOf(end_ms, step_ms);
  return { first: Math.min(last, rowOf(start_ms, step_ms)), last };
}

export const covers = (block: Block | null, need: Rows): boolean =>
  block !== null && block.first <= need.first && block.last >= need.last;

export interface Reach {
  /** How far is asked beyond what is needed now, and before it. */
  ahead: number;
  back: number;
  /** There is nothing after this row. */
  limit: number;
}

/** What to ask for next; null: there is enough. What is asked adjoins the block, or replaces it. */
export function missing(block: Block | null, need: Rows, reach: Reach): Rows | null {
  const { ahead, back, limit } = reach;
  const last = Math.max(need.last, Math.min(limit, need.last + ahead));
  if (block === null || need.first > block.last + 1 || need.last < block.first - 1) return { first: need.first, last };
  if (need.last > block.last) return { first: block.last + 1, last };
  if (need.first < block.first) return { first: need.first - back, last: block.first - 1 };
  // well before it is needed, and then for a good while
  const enough = Math.min(limit, need.last + Math.ceil(ahead / 2));
  return enough > block.last ? { first: block.last + 1, last } : null;
}

/** Columns on every row of an answer, whatever moments the answer has. */
function blockOf(step_ms: number, rows: Rows, times_ms: readonly number[], answered: readonly AnsweredSeries[]): Block {
  const length = rows.last - rows.first + 1;
  const places = times_ms.map((time_ms) => Math.round(time_ms / step_ms) - rows.first);
  const series = answered.map(({ key, labels, values }) => {
    const column = new Float64Array(length).fill(NaN);
    places.forEach((place, at) => {
      if (place >= 0 && place < length) column[place] = values[at] ?? NaN;
    });
    return { key, labels, values: column };
  });
  return { step_ms, ...rows, times_ms: timesOf(rows, step_ms), series };
}

function timesOf({ first, last }: Rows, step_ms: number): Float64Array {
  return Float64Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step_ms);
}

/** A block with an answer put to it; one that does not adjoin replaces it. Beyond a bound the far end is let go. */
export function joined(
  block: Block | null,
  step_ms: number,
  rows: Rows,
  times_ms: readonly number[],
  answered: readonly AnsweredSeries[],
  keep: Rows,
): Block {
  const fresh = blockOf(step_ms, rows, times_ms, answered);
  if (block?.step_ms !== step_ms || rows.first > block.last + 1 || rows.last < block.first - 1) return fresh;
  const whole = trimmed({ first: Math.min(block.first, rows.first), last: Math.max(block.last, rows.last) }, keep);
  const columns = new Map<string, SeriesView>();
  for (const part of [block, fresh]) {
    for (const { key, labels, values } of part.series) {
      const known = columns.get(key);
      const column = known?.values ?? new Float64Array(whole.last - whole.first + 1).fill(NaN);
      const skipped = Math.max(0, whole.first - part.first);
      const length = Math.min(part.last, whole.last) - part.first - skipped + 1;
      if (length > 0) column.set(values.subarray(skipped, skipped + length), part.first + skipped - whole.first);
      if (known === undefined) columns.set(key, { key, labels, values: column });
    }
  }
  const series = [...columns.values()].filter(({ values }) => !values.every(Number.isNaN));
  return { step_ms, ...whole, times_ms: timesOf(whole, step_ms), series };
}

function trimmed({ first, last }: Rows, keep: Rows): Rows {
  const excess = last - first + 1 - MOST_ROWS;
  if (excess <= 0) return { first, last };
  const [before, after] = [Math.max(0, keep.first - first), Math.max(0, last - keep.last)];
  return before >= after
    ? { first: first + Math.min(excess, before), last }
    : { first, last: last - Math.min(excess, after) };
}

/** What was known of some rows: nothing after them, and only series that have a value there. Shares the columns. */
export function cut(block: Block, { first, last }: Rows): { times_ms: Float64Array; series: SeriesView[] } {
  const [from, to] = [Math.max(0, first - block.first), Math.max(0, last - block.first + 1)];
  const series: SeriesView[] = [];
  for (const { key, labels, values } of block.series) {
    const column = values.subarray(from, to);
    if (hasValue(column)) series.push({ key, labels, values: column });
  }
  return { times_ms: block.times_ms.subarray(from, to), series };
}

/** From the end, where most series have one. */
function hasValue(column: Float64Array): boolean {
  for (let row = column.length - 1; row >= 0; row -= 1) if (!Number.isNaN(column[row] ?? NaN)) return true;
  return false;
}
