/** Rings of typed arrays: many series over one shared time column, bounded, with the newest end written live. */

import type { Labels } from "./labels";

export interface SeriesView {
  key: string;
  labels: Labels;
  /** NaN where the series has no value. A view: valid until the next write. */
  values: Float64Array;
}

export interface MatrixView {
  step_ms: number;
  times_ms: Float64Array;
  series: SeriesView[];
}

interface Column {
  key: string;
  labels: Labels;
  values: Float64Array;
}

export class Matrix {
  readonly step_ms: number;
  /** Counts writes, so that readers know whether to draw anew. */
  version = 0;
  private readonly keep: number;
  private times: Float64Array;
  private length = 0;
  private columns = new Map<string, Column>();

  /** Keeps the newest `keep` moments; holds twice that so that moving down is rare. */
  constructor(step_ms: number, keep: number) {
    this.step_ms = step_ms;
    this.keep = Math.max(2, keep);
    this.times = new Float64Array(this.keep * 2);
  }

  /** Columns that are complete as they are, such as a stretch of a recording; they are shared, not copied. */
  static over(step_ms: number, times_ms: Float64Array, series: readonly SeriesView[]): Matrix {
    const matrix = new Matrix(step_ms, 2);
    matrix.times = times_ms;
    matrix.length = times_ms.length;
    for (const { key, labels, values } of series) matrix.columns.set(key, { key, labels, values });
    return matrix;
  }

  get lastTime(): number | null {
    return this.length === 0 ? null : (this.times[this.length - 1] ?? null);
  }

  get seriesCount(): number {
    return this.columns.size;
  }

  /** Makes a series known; its past is absent. */
  addSeries(key: string, labels: Labels): void {
    if (this.columns.has(key)) return;
    this.columns.set(key, { key, labels, values: new Float64Array(this.times.length).fill(NaN) });
    this.version += 1;
  }

  /**
   * Writes moments: later ones are added, known ones replaced, unknown older ones ignored.
   * Series that `values` does not name are absent at these moments.
   */
  write(times_ms: readonly number[], values: ReadonlyMap<string, readonly number[]>): void {
    for (let at = 0; at < times_ms.length; at += 1) {
      const time_ms = times_ms[at] ?? 0;
      const row = this.rowFor(time_ms);
      if (row === null) continue;
      for (const column of this.columns.values()) column.values[row] = values.get(column.key)?.[at] ?? NaN;
    }
    this.version += 1;
  }

  /**
   * Between two steps there is one moment, the newest: where the first of `times_ms` is of the same step as the last one
   * here, that becomes it. Else answers that come with every sample would push the oldest out of the window.
   */
  advance(times_ms: readonly number[]): void {
    const last = this.lastTime;
    const next = times_ms[0];
    if (last === null || next === undefined || next <= last) return;
    if (Math.floor(next / this.step_ms) === Math.floor(last / this.step_ms)) this.times[this.length - 1] = next;
  }

  view(): MatrixView {
    const series: SeriesView[] = [];
    for (const { key, labels, values } of this.columns.values()) {
      series.push({ key, labels, values: values.subarray(0, this.length) });
    }
    return { step_ms: this.step_ms, times_ms: this.times.subarray(0, this.length), series };
  }

  private rowFor(time_ms: number): number | null {
    const last = this.lastTime;
    if (last === null || time_ms > last) {
      if (this.length === this.times.length) this.moveDown();
      this.times[this.length] = time_ms;
      this.length += 1;
      return this.length - 1;
    }
    const row = lowerBound(this.times, this.length, time_ms);
    return this.times[row] === time_ms ? row : null;
  }

  private moveDown(): void {
    const from = this.length - this.keep;
    this.times.copyWithin(0, from, this.length);
    for (const [key, column] of this.columns) {
      column.values.copyWithin(0, from, this.length);
      column.values.fill(NaN, this.keep);
      // a series that left the window would otherwise stay for ever
      if (column.values.every(Number.isNaN)) this.columns.delete(key);
    }
    this.length = this.keep;
  }
}

/** The first index at or after a time. */
export function lowerBound(times_ms: Float64Array, length: number, time_ms: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times_ms[middle] ?? 0) < time_ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index nearest to a time, or -1 when there is none. */
export function nearestIndex(times_ms: Float64Array, time_ms: number): number {
  if (times_ms.length === 0) return -1;
  const after = Math.min(lowerBound(times_ms, times_ms.length, time_ms), times_ms.length - 1);
  const before = Math.max(0, after - 1);
  return time_ms - (times_ms[before] ?? 0) < (times_ms[after] ?? 0) - time_ms ? before : after;
}

/** A value as the wire has it: null is absent, strings are NaN and infinities. */
export function wireValue(value: number | string | null): number {
  if (typeof value === "number") return value;
  if (value === "+Inf" || value === "Inf") return Infinity;
  return value === "-Inf" ? -Infinity : NaN;
}
