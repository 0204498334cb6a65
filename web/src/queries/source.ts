/** One query as a panel sees it: the past by request, the present by subscription, in one matrix. No React. */

import type { Annotation, ColumnsAnswer, QueryStats, RangeRequest } from "../api/client";
import { ApiError } from "../api/client";
import { identity } from "../data/labels";
import { Matrix, wireValue } from "../data/matrix";
import { alignInterval, liveInterval } from "../data/step";
import type { Interval } from "../data/timeRange";
import type { LiveFrame } from "../live/client";
import type { Subscription, WireError } from "../live/protocol";
import type { Playhead } from "./playback";
import { Recording } from "./recording";

export interface Spec {
  promql: string;
  step_ms: number;
  /** What is asked for now; `follow` keeps it coming, with the clock or with the playhead. */
  interval: Interval;
  follow: boolean;
  /** 0: whenever samples arrive. */
  interval_ms: number;
}

export interface Answer {
  stats: QueryStats;
  warnings: Annotation[];
  infos: Annotation[];
  query_time_ms: number;
  total_points: number;
  bytes: number;
}

export type SourceStatus = "first" | "loading" | "ready" | "error";

export interface SourceState {
  status: SourceStatus;
  error: ApiError | null;
  answer: Answer | null;
  /** Rises with each change of data or status. */
  version: number;
}

/** The doors a source needs, so that it can be tried without a server. */
export interface SourceDoors {
  load: (wish: RangeRequest, signal: AbortSignal) => Promise<ColumnsAnswer>;
  subscribe: (
    wish: Subscription,
    since_ms: number | null,
    reach_ms: number,
    listener: {
      series: (key: string, labels: Record<string, string>) => void;
      frame: (frame: LiveFrame) => void;
      error: (error: WireError) => void;
    },
  ) => () => void;
  /** A frame was written; it will be on screen after the next paint. */
  arrived: (frame: LiveFrame) => void;
  playhead?: Playhead;
}

const SLACK_POINTS = 30;

export class QuerySource {
  matrix: Matrix = new Matrix(1000, 2);
  private current: SourceState = { status: "first", error: null, answer: null, version: 0 };
  private readonly watchers = new Set<() => void>();
  private request: AbortController | null = null;
  private unsubscribe: (() => void) | null = null;
  private recording: Recording | null = null;
  private spec: Spec | null = null;

  constructor(private readonly doors: SourceDoors) {}

  readonly read = (): SourceState => this.current;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** Asks anew; what is shown stays until the answer is here. */
  target(spec: Spec): void {
    this.stop();
    this.spec = spec;
    const { playhead } = this.doors;
    if (spec.follow && playhead?.active === true) {
      this.play(spec, playhead);
      return;
    }
    this.set({ status: this.current.status === "first" ? "first" : "loading", error: null });
    const request = new AbortController();
    this.request = request;
    void this.load(spec, request.signal);
  }

  retry(): void {
    if (this.spec !== null) this.target(this.spec);
  }

  stop(): void {
    this.request?.abort();
    this.request = null;
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.recording?.stop();
    this.recording = null;
  }

  /** Nothing of another moment stays on screen: what is shown comes from the recording alone. */
  private play({ promql, step_ms, interval }: Spec, playhead: Playhead): void {
    const span_ms = interval.end_ms - interval.start_ms;
    this.matrix = Matrix.over(step_ms, new Float64Array(0), []);
    this.set({ status: "first", error: null });
    this.recording = new Recording(
      this.doors.load,
      { promql, step_ms, span_ms },
      playhead,
      ({ status, error, matrix, answer }) => {
        this.matrix = matrix;
        this.set({ status, error, answer: answer === null ? null : costOf(answer) });
      },
    );
  }

  private async load(spec: Spec, signal: AbortSignal): Promise<void> {
    const { promql, step_ms } = spec;
    const interval = alignInterval(spec.interval, step_ms);
    try {
      const answer = await this.doors.load({ promql, step_ms, ...interval }, signal);
      if (signal.aborted) return;
      this.matrix = fill(answer, spec);
      this.set({ status: "ready", answer: costOf(answer) });
      if (spec.follow) this.follow(spec, this.matrix.lastTime ?? interval.start_ms);
    } catch (error) {
      if (signal.aborted) return;
      const known = error instanceof ApiError ? error : new ApiError(String(error), "error", 0, null, null, null);
      this.set({ status: "error", error: known });
    }
  }

  private follow(spec: Spec, since_ms: number): void {
    const { promql, step_ms, interval_ms, interval } = spec;
    const reach_ms = interval.end_ms - interval.start_ms;
    this.unsubscribe = this.doors.subscribe({ promql, step_ms, interval_ms }, since_ms, reach_ms, {
      series: (key, labels) => this.matrix.addSeries(key, labels),
      frame: (frame) => {
        if (interval_ms === 0) this.matrix.advance(frame.times_ms);
        this.matrix.write(frame.times_ms, frame.values);
        this.set({ status: "ready", error: null });
        this.doors.arrived(frame);
      },
      error: (error) => {
        if (interval_ms === 0 && error.code === "bad_data") {
          // what selects nothing has no samples to arrive; whatever else is wrong is told again
          this.unsubscribe?.();
          this.follow({ ...spec, interval_ms: liveInterval(step_ms) }, since_ms);
          return;
        }
        const { position = null, limit = null } = error;
        this.set({ status: "error", error: new ApiError(error.message, error.code, 0, position, limit, null) });
      },
    });
  }

  private set(change: Partial<SourceState>): void {
    this.current = { ...this.current, ...change, version: this.current.version + 1 };
    for (const watcher of this.watchers) watcher();
  }
}

function costOf({ stats, warnings, infos, query_time_ms, total_points, bytes }: ColumnsAnswer): Answer {
  return { stats, warnings, infos, query_time_ms, total_points, bytes };
}

function fill(answer: ColumnsAnswer, spec: Spec): Matrix {
  const span_ms = spec.interval.end_ms - spec.interval.start_ms;
  const matrix = new Matrix(spec.step_ms, Math.ceil(span_ms / spec.step_ms) + SLACK_POINTS);
  const values = new Map<string, number[]>();
  for (const series of answer.data.series) {
    const key = identity(series.labels);
    matrix.addSeries(key, series.labels);
    values.set(key, series.values.map(wireValue));
  }
  matrix.write(answer.data.timestamps_ms, values);
  return matrix;
}
