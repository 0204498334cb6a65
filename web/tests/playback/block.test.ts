import { describe, expect, it } from "vitest";
import type { Block, Rows } from "../../src/data/playbackBlock";
import { covers, cut, joined, missing, rowsOf } from "../../src/data/playbackBlock";
import { below, chance } from "../dashboards/chance";

const STEP = 10;
const REACH = { ahead: 20, back: 10, limit: 10_000 };

/** Two series whose value tells where it belongs; the second is there in every other hundred rows. */
const truth = (key: string, row: number): number =>
  key === "b" && row % 200 >= 100 ? NaN : row + (key === "b" ? 0.5 : 0);

function answered(block: Block | null, rows: Rows, keep = rows): Block {
  const times = Array.from({ length: rows.last - rows.first + 1 }, (_, at) => (rows.first + at) * STEP);
  const series = ["a", "b"].map((key) => ({
    key,
    labels: { key },
    values: times.map((time) => truth(key, time / STEP)),
  }));
  return joined(block, STEP, rows, times, series, keep);
}

describe("a block of a recording", () => {
  it("has what was answered and nothing else, wherever the playhead goes", () => {
    const random = chance(7);
    let block: Block | null = null;
    for (let go = 0; go < 400; go += 1) {
      const last = 500 + below(random, 3000);
      const need = { first: last - below(random, 120), last };
      for (let asks = 0; !covers(block, need); asks += 1) {
        expect(asks).toBeLessThan(4);
        const wanted = missing(block, need, REACH);
        if (wanted === null) throw new Error("what is needed was not asked for");
        block = answered(block, wanted, need);
      }
      if (block === null) throw new Error("nothing was answered");
      const { times_ms, series } = cut(block, need);
      expect(times_ms[times_ms.length - 1]).toBe(last * STEP);
      expect(times_ms.length).toBe(need.last - need.first + 1);
      for (const { key, values } of series) {
        const right = Array.from(times_ms, (time) => truth(key, time / STEP));
        expect(Array.from(values)).toEqual(right);
      }
    }
  });
  it("asks ahead once for a good while, not for each step", () => {
    let block = answered(null, { first: 0, last: 100 });
    let asks = 0;
    for (let last = 60; last < 1000; last += 1) {
      const wanted = missing(block, { first: last - 60, last }, REACH);
      if (wanted === null) continue;
      asks += 1;
      block = answered(block, wanted);
    }
    expect(asks).toBeLessThanOrEqual(Math.ceil(940 / 10) + 1);
    expect(asks).toBeGreaterThan(30);
  });
  it("does not ask beyond what can be known", () => {
    expect(missing(null, { first: 10, last: 50 }, { ...REACH, limit: 55 })).toEqual({ first: 10, last: 55 });
    const block = answered(null, { first: 10, last: 55 });
    expect(missing(block, { first: 20, last: 54 }, { ...REACH, limit: 55 })).toBeNull();
  });
  it("shows nothing after the last row, and no series that had no value by then", () => {
    const block = answered(null, { first: 100, last: 300 });
    const { series } = cut(block, { first: 120, last: 180 });
    expect(series.map((one) => one.key)).toEqual(["a"]);
  });
  it("stays bounded, and lets go of what is farthest", () => {
    let block = answered(null, { first: 0, last: 11_000 });
    const need = { first: 15_900, last: 16_000 };
    block = answered(block, { first: 11_001, last: 16_500 }, need);
    expect(block.last - block.first + 1).toBe(12_000);
    expect(covers(block, need)).toBe(true);
    expect(block.last).toBe(16_500);
  });
  it("is drawn from a window's rows", () => {
    expect(rowsOf({ start_ms: 101, end_ms: 209 }, STEP)).toEqual({ first: 10, last: 20 });
    expect(rowsOf({ start_ms: 205, end_ms: 205 }, STEP)).toEqual({ first: 20, last: 20 });
  });
});
