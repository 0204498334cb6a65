/** The sources of one widget: taken from the pool while it is seen, and put together into frames. No React. */

import type { ApiError } from "../../api/client";
import type { Interval } from "../../data/timeRange";
import type { SourcePool } from "../../queries/pool";
import type { QuerySource } from "../../queries/source";
import type { Frame } from "../../widgets/plugin";
import type { Widget } from "../document";
import type { Answered } from "./evaluate";
import { answerKey, buildFrame, momentOf } from "./frames";
import type { Ask, Plan, QueryProblem } from "./questions";

export interface Target {
  /** Differs when another window is meant. */
  key: string;
  /** The window of a span. */
  interval: (span_ms: number) => Interval;
  follow: boolean;
  interval_ms: (step_ms: number) => number;
}

export interface Answering {
  ask: Ask;
  source: QuerySource;
}

export interface QueryFailure {
  ref: string;
  error: ApiError;
}

export interface Assembled {
  status: "first" | "loading" | "ready" | "error";
  frame: Frame;
  failures: readonly QueryFailure[];
  problems: readonly QueryProblem[];
  notices: readonly string[];
  last_ms: number | null;
  sources: readonly Answering[];
}

interface Held {
  source: QuerySource;
  aim: string;
  end: () => void;
}

const NOTHING: Frame = { times: new Float64Array(0), step_ms: 1000, series: [] };

/** How the source of an ask is called in the pool: a source for each window. */
const nameOf = (ask: Ask, target: Target): string => `dashboard ${target.key} ${ask.slot}`;

export class WidgetFeed {
  /** Rises with each change of a source. */
  private version = 0;
  private held = new Map<string, Held>();
  private readonly watchers = new Set<() => void>();
  private kept: Frame | null = null;
  private announced = false;

  constructor(
    private readonly pool: Pick<SourcePool, "get" | "use">,
    private readonly soon: (run: () => void) => void,
  ) {}

  readonly read = (): number => this.version;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** Asks what is not yet asked and lets go what is no more. */
  aim(plan: Plan, target: Target): void {
    const before = this.held;
    this.held = new Map();
    for (const ask of plan.asks) this.take(ask, target, before);
    for (const { end } of before.values()) end();
    this.changed();
  }

  /** Lets everything go; what was shown last stays for when it is seen again. */
  release(): void {
    for (const { end } of this.held.values()) end();
    this.held = new Map();
  }

  private take(ask: Ask, target: Target, before: Map<string, Held>): void {
    const name = nameOf(ask, target);
    if (this.held.has(name)) return;
    const interval_ms = target.interval_ms(ask.step_ms);
    const aim = `${target.follow} ${interval_ms}`;
    const same = before.get(name);
    if (same?.aim === aim) {
      before.delete(name);
      this.held.set(name, same);
      return;
    }
    const whole = target.interval(ask.span_ms);
    const interval = ask.instant && target.follow ? { start_ms: whole.end_ms, end_ms: whole.end_ms } : whole;
    const { promql, step_ms } = ask;
    const release = this.pool.use(name, aim, { promql, step_ms, interval, follow: target.follow, interval_ms });
    const source = this.pool.get(name);
    const unwatch = source.watch(() => this.changed());
    this.held.set(name, {
      source,
      aim,
      end: () => {
        unwatch();
        release();
      },
    });
  }

  /** Several sources that change in one go are told of once. */
  private changed(): void {
    if (this.announced) return;
    this.announced = true;
    this.soon(() => {
      this.announced = false;
      this.version += 1;
      for (const watcher of this.watchers) watcher();
    });
  }

  /** Asks again what failed. */
  retry(): void {
    for (const { source } of this.held.values()) if (source.read().status === "error") source.retry();
  }

  /** What is known now. */
  assemble(widget: Widget, plan: Plan, target: Target): Assembled {
    const sources = plan.asks.flatMap((ask) => {
      const held = this.held.get(nameOf(ask, target));
      return held === undefined ? [] : [{ ask, source: held.source }];
    });
    const failures = sources.flatMap(({ ask, source }) => {
      const { error } = source.read();
      return error === null || ask.role !== "value" ? [] : [{ ref: ask.ref, error }];
    });
    const waiting = sources.some(({ source }) => ["first", "loading"].includes(source.read().status));
    const hidden = plan.waits || sources.length < plan.asks.length;
    const last = sources.map(({ source }) => source.matrix.lastTime ?? -Infinity);
    const common = { failures, sources, last_ms: last.some(Number.isFinite) ? Math.max(...last) : null };
    if ((waiting || hidden) && this.kept !== null) {
      return { ...common, status: "loading", frame: this.kept, problems: plan.problems, notices: [] };
    }
    const built = buildFrame(widget, plan, answersOf(sources));
    const problems = [...plan.problems, ...built.problems];
    const failed = failures.length + problems.length > 0 && built.frame.series.length === 0;
    const status = waiting || hidden ? "first" : failed ? "error" : "ready";
    if (status === "ready") this.kept = built.frame;
    const notices = [...noticesOf(sources), ...(status === "first" ? [] : built.notes)];
    return { ...common, status, frame: status === "first" ? NOTHING : built.frame, problems, notices };
  }
}

function noticesOf(sources: readonly Answering[]): string[] {
  const told = sources.flatMap(({ ask, source }) =>
    ask.role === "value" ? (source.read().answer?.warnings ?? []).map((one) => `${ask.ref}: ${one.message}`) : [],
  );
  return [...new Set(told)];
}

function answersOf(sources: readonly Answering[]): Map<string, Answered> {
  const answers = new Map<string, Answered>();
  let moment: Float64Array | null = null;
  for (const { ask, source } of sources) {
    const { status } = source.read();
    if (status === "first" || (status === "error" && source.matrix.lastTime === null)) continue;
    const { times_ms, series, step_ms } = source.matrix.view();
    const whole: Answered = { times: times_ms, step_ms, series };
    if (!ask.instant) {
      answers.set(answerKey(ask.ref, ask.role), whole);
      continue;
    }
    // answers of one moment that came a little apart are still of one moment
    const one = momentOf(whole);
    moment = newer(moment, one.times);
    answers.set(answerKey(ask.ref, ask.role), one);
  }
  if (moment !== null) {
    for (const { ask } of sources) {
      const key = answerKey(ask.ref, ask.role);
      const one = answers.get(key);
      if (ask.instant && one !== undefined && one.times.length > 0) answers.set(key, { ...one, times: moment });
    }
  }
  return answers;
}

function newer(a: Float64Array | null, b: Float64Array): Float64Array | null {
  if (b.length === 0) return a;
  return a === null || (b[0] ?? 0) > (a[0] ?? 0) ? b : a;
}
