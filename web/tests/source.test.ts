import { beforeEach, describe, expect, it } from "vitest";
import type { ColumnsAnswer, RangeRequest } from "../src/api/client";
import { ApiError } from "../src/api/client";
import type { LiveFrame } from "../src/live/client";
import { SourcePool } from "../src/queries/pool";
import type { SourceDoors, Spec } from "../src/queries/source";
import { QuerySource } from "../src/queries/source";
import { staleness } from "../src/queries/usePanelData";

type Listener = Parameters<SourceDoors["subscribe"]>[3];

let asked: RangeRequest[];
let since: (number | null)[];
let listener: Listener | null;
let ended: number;
let settle: (answer: ColumnsAnswer | ApiError) => void;
let doors: SourceDoors;

const SPEC: Spec = {
  promql: "up",
  step_ms: 1000,
  interval_ms: 1000,
  interval: { start_ms: 10_300, end_ms: 13_700 },
  follow: true,
};
const KEY = "__name__=2:up";

function answer(...values: (number | string | null)[]): ColumnsAnswer {
  const data = {
    resultType: "matrix" as const,
    timestamps_ms: [10_000, 11_000, 12_000],
    step_ms: 1000,
    series: [{ labels: { __name__: "up" }, values }],
  };
  const rest = { total_points: 3, query_time_ms: 1, stats: {}, warnings: [], infos: [], bytes: 10 };
  return { status: "success", aggregation: "none", cache_hit: false, promql: "up", data, ...rest };
}

const tick = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const values = (source: QuerySource): number[] => Array.from(source.matrix.view().series[0]?.values ?? []);

beforeEach(() => {
  asked = [];
  since = [];
  listener = null;
  ended = 0;
  doors = {
    load: (wish) => {
      asked.push(wish);
      return new Promise((resolve, reject) => {
        settle = (result) => (result instanceof ApiError ? reject(result) : resolve(result));
      });
    },
    subscribe: (_, since_ms, __, heard) => {
      since.push(since_ms);
      listener = heard;
      return () => {
        ended += 1;
      };
    },
    arrived: () => undefined,
  };
});

describe("a panel's query", () => {
  it("asks for the past on whole steps, then follows from its newest moment", async () => {
    const source = new QuerySource(doors);
    source.target(SPEC);
    settle(answer(1, null, 3));
    await tick();
    expect(asked).toEqual([{ promql: "up", step_ms: 1000, start_ms: 10_000, end_ms: 13_000 }]);
    expect(since).toEqual([12_000]);
    const frame: LiveFrame = { times_ms: [13_000], values: new Map([[KEY, [4]]]), ingested_ms: 1 };
    listener?.frame(frame);
    expect(values(source)).toEqual([1, NaN, 3, 4]);
    expect(source.read().status).toBe("ready");
  });

  it("keeps the last data while it loads and when it fails", async () => {
    const source = new QuerySource(doors);
    source.target(SPEC);
    settle(answer(1, 2, 3));
    await tick();
    source.target({ ...SPEC, promql: "down" });
    expect(source.read().status).toBe("loading");
    expect(values(source)).toEqual([1, 2, 3]);
    settle(new ApiError("too many samples", "limit", 422, null, { name: "query.max_samples", value: 5 }, null));
    await tick();
    expect(source.read().status).toBe("error");
    expect(source.read().error?.limit?.value).toBe(5);
    expect(values(source)).toEqual([1, 2, 3]);
  });

  it("takes no answer to a question it no longer asks", async () => {
    const source = new QuerySource(doors);
    source.target(SPEC);
    const late = settle;
    source.target({ ...SPEC, promql: "down" });
    settle(answer(7, 8, 9));
    await tick();
    late(answer(1, 2, 3));
    await tick();
    expect(values(source)).toEqual([7, 8, 9]);
  });

  it("as samples arrive has one moment a step, and falls back to a pace where there are no samples to arrive", async () => {
    const source = new QuerySource(doors);
    source.target({ ...SPEC, interval_ms: 0 });
    settle(answer(1, 2, 3));
    await tick();
    const heard = (time_ms: number, value: number): void =>
      listener?.frame({ times_ms: [time_ms], values: new Map([[KEY, [value]]]), ingested_ms: 1 });
    heard(13_100, 4);
    heard(13_900, 5);
    heard(14_050, 6);
    expect(Array.from(source.matrix.view().times_ms)).toEqual([10_000, 11_000, 12_000, 13_900, 14_050]);
    expect(values(source)).toEqual([1, 2, 3, 5, 6]);
    listener?.error({ code: "bad_data", message: "no samples to arrive" });
    expect([since.length, ended, source.read().status]).toEqual([2, 1, "ready"]);
    listener?.error({ code: "bad_data", message: "wrong" });
    expect([since.length, source.read().status]).toEqual([2, "error"]);
  });

  it("does not follow a fixed range", async () => {
    const source = new QuerySource(doors);
    source.target({ ...SPEC, follow: false });
    settle(answer(1, 2, 3));
    await tick();
    expect(since).toEqual([]);
  });
});

describe("shared queries", () => {
  it("are asked once for the same aim and end with their last user", async () => {
    const pool = new SourcePool(doors);
    const one = pool.use("up", "aim", SPEC);
    const two = pool.use("up", "aim", SPEC);
    settle(answer(1, 2, 3));
    await tick();
    expect(asked.length).toBe(1);
    one();
    await tick();
    expect(ended).toBe(0);
    two();
    await tick();
    expect(ended).toBe(1);
  });
});

describe("staleness", () => {
  it("starts after three missed steps, never before four seconds", () => {
    expect(staleness(null, 9000, 1000)).toBeNull();
    expect(staleness(5000, 8900, 1000)).toBeNull();
    expect(staleness(5000, 9100, 1000)).toBe(4100);
    expect(staleness(5000, 60_000, 30_000)).toBeNull();
  });
});
