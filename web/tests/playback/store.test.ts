import { beforeEach, describe, expect, it } from "vitest";
import type { ColumnsAnswer, RangeRequest } from "../../src/api/client";
import { ApiError } from "../../src/api/client";
import type { Address, Changes } from "../../src/data/location";
import { Playback } from "../../src/queries/playback";
import { SourcePool } from "../../src/queries/pool";
import type { SourceDoors, Spec } from "../../src/queries/source";
import { QuerySource } from "../../src/queries/source";

const START = 1_795_000_000_000;
const NOW = START + 3_600_000;
const STEP = 10_000;

class FakeAddress implements Address {
  path = "/explore";
  search = "";
  history: string[] = [];
  private watchers: (() => void)[] = [];
  readonly read = (): string => this.path + this.search;
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.push(watcher);
    return () => undefined;
  };
  readonly guarded = (): (() => void) => () => undefined;
  readonly go = (): void => undefined;
  readonly open = (): void => undefined;
  get params(): URLSearchParams {
    return new URLSearchParams(this.search);
  }
  change(changes: Changes, how: "push" | "replace"): void {
    const { params } = this;
    for (const [name, value] of Object.entries(changes)) {
      params.delete(name);
      if (typeof value === "string") params.set(name, value);
    }
    if (how === "push") this.history.push(this.search);
    this.visit(params.toString());
  }
  visit(search: string): void {
    this.search = search;
    for (const watcher of this.watchers) watcher();
  }
}

let address: FakeAddress;
let clock_ms: number;
let draw: (() => void) | null;
let asked: RangeRequest[];
let answers: ((answer: ColumnsAnswer | ApiError) => void)[];
let playback: Playback;
let doors: SourceDoors;

function frames(count: number, each_ms = 50): void {
  for (let frame = 0; frame < count; frame += 1) {
    clock_ms += each_ms;
    draw?.();
  }
}

/** Each value is the row it belongs to. */
function answerTo({ start_ms, end_ms, step_ms }: RangeRequest): ColumnsAnswer {
  const timestamps_ms: number[] = [];
  for (let time = start_ms; time <= end_ms; time += step_ms) timestamps_ms.push(time);
  const series = [{ labels: { __name__: "up" }, values: timestamps_ms.map((time) => (time - START) / step_ms) }];
  const data = { resultType: "matrix" as const, timestamps_ms, step_ms, series };
  const rest = { total_points: 3, query_time_ms: 1, stats: {}, warnings: [], infos: [], bytes: 10 };
  return { status: "success", aggregation: "none", cache_hit: false, promql: "up", data, ...rest };
}

const settle = async (): Promise<void> => {
  const waiting = answers.splice(0);
  const wishes = asked.slice(-waiting.length);
  waiting.forEach((answer, at) => answer(answerTo(wishes[at] ?? { promql: "", start_ms: 0, end_ms: 0, step_ms: 1 })));
  await new Promise((done) => setTimeout(done, 0));
};

const spec = (span_ms: number): Spec => ({
  promql: "up",
  step_ms: STEP,
  interval_ms: 1000,
  interval: { start_ms: playback.moment_ms - span_ms, end_ms: playback.moment_ms },
  follow: true,
});
const newest = (source: QuerySource): number => source.matrix.view().series[0]?.values.at(-1) ?? NaN;
const enter = (ms: number, playing: boolean, speed: 1 | 60 = 1): void =>
  playback.enter({ at_ms: START + ms, speed, range: { start_ms: START, end_ms: NOW } }, STEP, playing);

beforeEach(() => {
  address = new FakeAddress();
  clock_ms = 1000;
  draw = null;
  asked = [];
  answers = [];
  const location = address;
  const clock = { now: () => NOW, localNow: () => clock_ms };
  const loop = {
    add: (one: () => void) => {
      draw = one;
      return () => {
        draw = null;
      };
    },
  };
  playback = new Playback({ location, clock, loop });
  doors = {
    playhead: playback,
    load: (wish) => {
      asked.push(wish);
      return new Promise((resolve, reject) => {
        answers.push((answer) => (answer instanceof ApiError ? reject(answer) : resolve(answer)));
      });
    },
    subscribe: () => {
      throw new Error("a recording is not followed live");
    },
    arrived: () => undefined,
  };
});

describe("a panel while a recording plays", () => {
  it("shows at each moment the row of that moment, and none after it", async () => {
    enter(1_000_000, true, 60);
    const source = new QuerySource(doors);
    source.target(spec(600_000));
    await settle();
    for (let second = 0; second < 20; second += 1) {
      frames(7);
      await settle();
      const row = Math.floor((playback.moment_ms - START) / STEP);
      const view = source.matrix.view();
      expect(view.times_ms.at(-1)).toBeLessThanOrEqual(playback.moment_ms);
      expect(row - newest(source)).toBeLessThanOrEqual(1);
      expect(newest(source)).toBe(((view.times_ms.at(-1) ?? 0) - START) / STEP);
      expect(view.times_ms.length).toBeLessThanOrEqual(62);
    }
  });
  it("asks seldom: twenty panels at 60 times ask about once each in half a minute", async () => {
    enter(600_000, true, 60);
    const sources = Array.from({ length: 20 }, () => new QuerySource(doors));
    for (const source of sources) source.target(spec(600_000));
    await settle();
    frames(3);
    for (let second = 0; second < 30; second += 1) {
      frames(20);
      await settle();
    }
    expect(playback.moment_ms - START).toBeGreaterThan(2_300_000);
    expect(asked.length).toBeLessThanOrEqual(20 * 4);
  });
  it("says that it waits, and shows nothing, where the moment is not there yet", async () => {
    enter(1_000_000, false);
    const source = new QuerySource(doors);
    source.target(spec(100_000));
    await settle();
    expect([source.read().status, newest(source)]).toEqual(["ready", 100]);
    playback.seek(START + 3_000_000);
    expect([source.read().status, source.matrix.view().times_ms.length]).toEqual(["first", 0]);
    await settle();
    expect([source.read().status, newest(source)]).toEqual(["ready", 300]);
  });
  it("holds the playhead until every panel has what is next", async () => {
    enter(1_000_000, true, 60);
    const source = new QuerySource(doors);
    source.target(spec(100_000));
    frames(10);
    expect([playback.moment_ms, playback.readWaiting()]).toEqual([START + 1_000_000, true]);
    await settle();
    frames(1);
    expect(playback.readWaiting()).toBe(false);
    frames(10);
    expect(playback.moment_ms).toBeCloseTo(START + 1_000_000 + 500 * 60, 0);
  });
  it("asks for the start where a loop leads back to it", async () => {
    enter(3_590_000, true, 60);
    playback.setLoop(true);
    const source = new QuerySource(doors);
    source.target(spec(100_000));
    await settle();
    for (let second = 0; second < 4; second += 1) {
      frames(10);
      await settle();
    }
    expect(playback.moment_ms).toBeLessThan(START + 200_000);
    expect(newest(source)).toBeLessThan(20);
  });
  it("does not hold everything because one question fails, and says what failed", async () => {
    enter(1_000_000, true);
    const source = new QuerySource(doors);
    source.target(spec(100_000));
    answers.splice(0).forEach((answer) => answer(new ApiError("no", "bad_query", 400, null, null, null)));
    await new Promise((done) => setTimeout(done, 0));
    frames(10);
    expect([source.read().status, source.read().error?.message]).toEqual(["error", "no"]);
    expect(playback.moment_ms).toBeGreaterThan(START + 1_000_000);
  });
  it("takes back what it asks for a moment that is no longer meant", async () => {
    enter(1_000_000, false);
    const source = new QuerySource(doors);
    source.target(spec(100_000));
    playback.seek(START + 3_000_000);
    expect(asked.length).toBe(2);
    await settle();
    expect(newest(source)).toBe(300);
    source.stop();
    playback.seek(START + 500_000);
    expect(asked.length).toBe(2);
  });
});

describe("the recording in the address", () => {
  it("is a step of the history, moves along in place, and is gone afterwards with what was changed meanwhile", () => {
    address.visit("from=now-15m&q=up&live=0");
    enter(1_000_000, false);
    expect(address.history.length).toBe(1);
    playback.seek(START + 2_000_000);
    expect([address.params.get("at"), address.history.length]).toEqual([String(START + 2_000_000), 1]);
    address.change({ from: "now-1h" }, "replace");
    playback.leave();
    expect(Object.fromEntries(address.params)).toEqual({ from: "now-15m", q: "up", live: "0" });
    expect(playback.active).toBe(false);
  });
  it("leads to now from a page that was paused, too", () => {
    address.visit("live=0");
    enter(0, false);
    playback.leaveToLive();
    expect(address.search).toBe("");
  });
  it("opens paused at its moment", () => {
    address.visit(`at=${START + 5000}&speed=10`);
    expect(playback.read()).toMatchObject({ anchor_ms: START + 5000, speed: 10, playing: false });
    address.visit(`at=${START + 9000}&speed=10`);
    expect(playback.moment_ms).toBe(START + 9000);
    address.visit("");
    expect(playback.active).toBe(false);
  });
  it("keeps its state object until something changes", () => {
    enter(0, false);
    expect(playback.read()).toBe(playback.read());
  });
});

describe("what a pool follows", () => {
  it("is told once each, without what stands still", () => {
    const pool = new SourcePool({ ...doors, playhead: playback });
    enter(1_000_000, false);
    const end = pool.use("a", "1", spec(1000));
    pool.use("b", "1", spec(1000));
    pool.use("c", "1", { ...spec(1000), promql: "other", follow: false });
    expect(pool.readFollowed()).toEqual(["up"]);
    end();
  });
});
