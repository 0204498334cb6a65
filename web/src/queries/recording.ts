/** The answers to one question while a recording plays: asked ahead in long stretches, shown up to the playhead. */

import type { ColumnsAnswer, RangeRequest } from "../api/client";
import { ApiError } from "../api/client";
import { identity } from "../data/labels";
import { Matrix, wireValue } from "../data/matrix";
import type { Block, Rows } from "../data/playbackBlock";
import { covers, cut, joined, missing, rowOf, rowsOf } from "../data/playbackBlock";
import type { Follower, Playhead } from "./playback";

export interface Recorded {
  promql: string;
  step_ms: number;
  /** How much of the past is shown at each moment. */
  span_ms: number;
}

export interface News {
  status: "first" | "ready" | "error";
  error: ApiError | null;
  matrix: Matrix;
  /** The newest answer, for what it cost. */
  answer: ColumnsAnswer | null;
}

export type Load = (wish: RangeRequest, signal: AbortSignal) => Promise<ColumnsAnswer>;

const AHEAD_S = 30;
const LEAST_AHEAD = 60;
const MOST_AHEAD = 4000;
const RETRY_MS = 5000;

export class Recording implements Follower {
  private block: Block | null = null;
  private answer: ColumnsAnswer | null = null;
  private error: ApiError | null = null;
  private failed_ms = -Infinity;
  private request: { abort: AbortController; rows: Rows } | null = null;
  private shown = "";
  private readonly unfollow: () => void;

  constructor(
    private readonly load: Load,
    private readonly asked: Recorded,
    private readonly playhead: Playhead,
    private readonly tell: (news: News) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.unfollow = playhead.follow(this);
    this.fetch(this.need(playhead.moment_ms));
  }

  stop(): void {
    this.unfollow();
    this.request?.abort.abort();
    this.request = null;
  }

  knows(moment_ms: number): boolean {
    return this.error !== null || covers(this.block, this.need(moment_ms));
  }

  moved(moment_ms: number, due: boolean): void {
    const need = this.need(moment_ms);
    this.fetch(need);
    if (due) this.show(need);
  }

  private need(moment_ms: number): Rows {
    const { step_ms, span_ms } = this.asked;
    return rowsOf({ start_ms: moment_ms - span_ms, end_ms: moment_ms }, step_ms);
  }

  /** Hands out what was known then; only where the whole window is there, else it says that it waits. */
  private show(need: Rows): void {
    const { step_ms } = this.asked;
    const { block, error, answer } = this;
    const whole = block !== null && covers(block, need);
    const status = whole ? "ready" : error !== null ? "error" : "first";
    const shown = whole ? `${need.first} ${need.last}` : status;
    if (shown === this.shown) return;
    this.shown = shown;
    const { times_ms, series } = whole ? cut(block, need) : { times_ms: new Float64Array(0), series: [] };
    this.tell({
      status,
      error: status === "error" ? error : null,
      matrix: Matrix.over(step_ms, times_ms, series),
      answer,
    });
  }

  private fetch(need: Rows): void {
    const { step_ms } = this.asked;
    const ahead = Math.round((this.playhead.rate * AHEAD_S * 1000) / step_ms);
    const length = need.last - need.first + 1;
    const wanted = missing(this.block, need, {
      ahead: Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, ahead)),
      back: Math.max(LEAST_AHEAD, Math.ceil(length / 2)),
      limit: rowOf(this.playhead.limit(), step_ms),
    });
    if (wanted === null) return;
    const { request } = this;
    if (request !== null) {
      const useful = request.rows.first <= wanted.last && request.rows.last >= wanted.first;
      if (useful) return;
      request.abort.abort();
      this.request = null;
    }
    if (this.error !== null && this.now() - this.failed_ms < RETRY_MS) return;
    void this.ask(wanted);
  }

  private async ask(rows: Rows): Promise<void> {
    const { promql, step_ms } = this.asked;
    const abort = new AbortController();
    this.request = { abort, rows };
    try {
      const wish = { promql, step_ms, start_ms: rows.first * step_ms, end_ms: rows.last * step_ms };
      const answer = await this.load(wish, abort.signal);
      if (abort.signal.aborted) return;
      this.take(rows, answer);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error instanceof ApiError ? error : new ApiError(String(error), "error", 0, null, null, null);
      this.failed_ms = this.now();
    }
    this.request = null;
    this.shown = "";
    this.moved(this.playhead.moment_ms, true);
  }

  private take(rows: Rows, answer: ColumnsAnswer): void {
    const { timestamps_ms, series } = answer.data;
    const answered = series.map(({ labels, values }) => ({
      key: identity(labels),
      labels,
      values: values.map(wireValue),
    }));
    const keep = this.need(this.playhead.moment_ms);
    this.block = joined(this.block, this.asked.step_ms, rows, timestamps_ms, answered, keep);
    this.answer = answer;
    this.error = null;
  }
}
