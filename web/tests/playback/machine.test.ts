import { describe, expect, it } from "vitest";
import type { PlaybackState } from "../../src/data/playback";
import {
  SPEEDS,
  fittingSpeed,
  modeOf,
  opened,
  pause,
  play,
  playheadAt,
  rangeAround,
  rateOf,
  readPlace,
  seek,
  setLoop,
  setRange,
  setSpeed,
  settled,
  shiftSpeed,
  stepBy,
  wait,
  goOn,
  writePlace,
} from "../../src/data/playback";
import type { Mark } from "../../src/data/playbackMarks";
import { alertMarks, nextMark, previousMark } from "../../src/data/playbackMarks";
import { below, chance } from "../dashboards/chance";

const START = 1_795_000_000_000;
const RANGE = { start_ms: START, end_ms: START + 3_600_000 };
const RUNS = 200;

const at = (ms: number, speed: (typeof SPEEDS)[number] = 1): PlaybackState => opened(RANGE, START + ms, 10_000, speed);

/** Some buttons in some order, each a while after the one before. */
function pressed(random: () => number): { state: PlaybackState; clock_ms: number } {
  let [state, clock_ms] = [at(below(random, 3_600_000)), 1000];
  for (let left = below(random, 12); left > 0; left -= 1) {
    clock_ms += below(random, 90_000);
    const moves: ((one: PlaybackState) => PlaybackState)[] = [
      (one) => play(one, clock_ms),
      (one) => pause(one, clock_ms),
      (one) => seek(one, clock_ms, START + below(random, 5_000_000) - 500_000),
      (one) => stepBy(one, clock_ms, below(random, 2) === 0 ? 1 : -1),
      (one) => setSpeed(one, clock_ms, SPEEDS[below(random, SPEEDS.length)] ?? 1),
      (one) => setLoop(one, clock_ms, below(random, 2) === 0),
      (one) => wait(one, playheadAt(one, clock_ms)),
      (one) => goOn(one, clock_ms),
      (one) => settled(one, clock_ms),
    ];
    state = moves[below(random, moves.length)]?.(state) ?? state;
  }
  return { state, clock_ms };
}

describe("the playhead", () => {
  it("never leaves its range, whatever is pressed and however long it runs", () => {
    const random = chance(1);
    for (let run = 0; run < RUNS; run += 1) {
      const { state, clock_ms } = pressed(random);
      const there = playheadAt(state, clock_ms + below(random, 10_000_000));
      expect(there).toBeGreaterThanOrEqual(RANGE.start_ms);
      expect(there).toBeLessThanOrEqual(RANGE.end_ms);
    }
  });
  it("does not drift: how often it is looked at, and on which changes that keep its place, is all the same", () => {
    const random = chance(2);
    for (let run = 0; run < RUNS; run += 1) {
      const speed = SPEEDS[below(random, SPEEDS.length)] ?? 1;
      const started = play(at(below(random, 1000), speed), 500);
      let [often, clock_ms] = [started, 500];
      while (clock_ms < 15_000) {
        clock_ms += 1 + below(random, 40);
        often = setSpeed(often, clock_ms, speed);
      }
      expect(playheadAt(often, clock_ms)).toBeCloseTo(playheadAt(started, clock_ms), 3);
    }
  });
  it("stands still where a button is pressed that is not about place", () => {
    const random = chance(3);
    for (let run = 0; run < RUNS; run += 1) {
      const { state, clock_ms } = pressed(random);
      const there = playheadAt(state, clock_ms);
      for (const next of [pause(state, clock_ms), setSpeed(state, clock_ms, 60), shiftSpeed(state, clock_ms, 1)]) {
        expect(playheadAt(next, clock_ms)).toBeCloseTo(there, 3);
      }
      expect(playheadAt(pause(state, clock_ms), clock_ms + 60_000)).toBeCloseTo(there, 3);
    }
  });
  it("runs at the chosen speed, and at max as fast as steps can be drawn", () => {
    for (const speed of SPEEDS) {
      const state = play(at(0, speed), 0);
      expect(playheadAt(state, 2000) - START).toBeCloseTo(2000 * rateOf(state), 6);
    }
    expect(rateOf({ ...at(0), speed: "max" })).toBe(200);
    expect(rateOf({ ...at(0), speed: "max", resolution_ms: 1000 })).toBe(60);
  });
  it("ends at the end, plays again from the start, and loops when it is told to", () => {
    const near = play(at(3_599_000), 0);
    expect(playheadAt(near, 5000)).toBe(RANGE.end_ms);
    expect(settled(near, 500)).toBe(near);
    const over = settled(near, 5000);
    expect([over.playing, playheadAt(over, 9000)]).toEqual([false, RANGE.end_ms]);
    expect(playheadAt(play(over, 9000), 9500)).toBe(START + 500);
    expect(playheadAt(setLoop(near, 0, true), 5000)).toBe(START + 4000);
    expect(settled(setLoop(near, 0, true), 5000).playing).toBe(true);
  });
  it("waits without losing its place, and does not run because the wait is over when it was paused", () => {
    const waiting = wait(play(at(0), 0), START + 700);
    expect([waiting.playing, playheadAt(waiting, 90_000)]).toEqual([true, START + 700]);
    expect(playheadAt(goOn(waiting, 90_000), 90_300)).toBe(START + 1000);
    expect(playheadAt(goOn(pause(waiting, 90_000), 91_000), 95_000)).toBe(START + 700);
  });
  it("steps to whole steps of the resolution or of the chosen length, and stops there", () => {
    const between = at(14_000);
    expect(stepBy(between, 0, 1).anchor_ms - START).toBe(20_000);
    expect(stepBy(between, 0, -1).anchor_ms - START).toBe(10_000);
    expect(stepBy(play(at(20_000), 0), 0, -1)).toMatchObject({ playing: false, anchor_ms: START + 10_000 });
    expect(stepBy({ ...at(20_000), step_ms: 60_000 }, 0, 1).anchor_ms % 60_000).toBe(0);
    expect(stepBy(at(3_600_000), 0, 1).anchor_ms).toBe(RANGE.end_ms);
  });
  it("takes another range along", () => {
    const late = setRange(at(3_000_000), 0, { start_ms: START, end_ms: START + 60_000 });
    expect(playheadAt(late, 0)).toBe(START + 60_000);
  });
});

describe("how playing begins", () => {
  it("plays twice a moving window, a fixed range as it is", () => {
    const window = { start_ms: START, end_ms: START + 60_000 };
    expect(rangeAround(window, true, window.end_ms)).toEqual({ start_ms: START - 60_000, end_ms: window.end_ms });
    expect(rangeAround(window, false, START + 900_000)).toEqual(window);
  });
  it("chooses a speed at which a window takes about a minute", () => {
    expect([30_000, 60_000, 900_000, 1_800_000, 3_600_000, 86_400_000].map(fittingSpeed)).toEqual([
      1, 1, 10, 30, 60, 60,
    ]);
  });
  it("widens a range that does not hold the moment", () => {
    expect(opened(RANGE, START - 5, 1000).range.start_ms).toBe(START - 5);
  });
  it("is a mode of the page beside live and paused", () => {
    expect([modeOf(null, false), modeOf(null, true), modeOf(at(0), true)]).toEqual(["live", "paused", "playback"]);
  });
});

describe("the address", () => {
  const now_ms = RANGE.end_ms;
  it("says moment, speed and range, and is read again", () => {
    const place = { at_ms: START + 1234, speed: "max" as const, range: RANGE };
    expect(readPlace(new URLSearchParams(writePlace(place)), now_ms)).toEqual(place);
  });
  it("needs only the moment; what cannot be read is left out", () => {
    const read = (text: string) => readPlace(new URLSearchParams(text), now_ms);
    expect(read("at=soon")).toBeNull();
    expect(read("")).toBeNull();
    expect(read(`at=${START + 60_000}&speed=7&over=5-3`)).toEqual({
      at_ms: START + 60_000,
      speed: 1,
      range: { start_ms: START + 60_000 - 1_800_000, end_ms: START + 60_000 + 1_800_000 },
    });
    expect(read(`at=${now_ms + 9_000_000}`)?.at_ms).toBe(now_ms);
  });
});

describe("marks", () => {
  const mark = (time_ms: number): Mark => ({ time_ms, end_ms: null, title: "", text: "", kind: "gap" });
  it("are found on both sides of any moment, in any order given", () => {
    const random = chance(4);
    for (let run = 0; run < RUNS; run += 1) {
      const times = Array.from({ length: below(random, 8) }, () => below(random, 50));
      const moment = below(random, 50);
      const marks = times.map(mark);
      const later = times.filter((time) => time > moment);
      const earlier = times.filter((time) => time < moment);
      expect(nextMark(marks, moment)?.time_ms).toBe(later.length === 0 ? undefined : Math.min(...later));
      expect(previousMark(marks, moment)?.time_ms).toBe(earlier.length === 0 ? undefined : Math.max(...earlier));
    }
  });
  it("that were only just passed are not the one before", () => {
    expect(previousMark([mark(10), mark(90)], 100, 20)?.time_ms).toBe(10);
  });
  it("are the unbroken runs of an alert, pending and firing apart", () => {
    const view = {
      step_ms: 10,
      times_ms: Float64Array.of(0, 10, 20, 30, 40),
      series: [
        { key: "a", labels: { alertname: "Slow", alertstate: "firing", job: "x" }, values: [NaN, 1, 1, NaN, 1] },
        { key: "b", labels: { alertname: "Slow", alertstate: "pending" }, values: [1, NaN, NaN, NaN, NaN] },
      ].map((one) => ({ ...one, values: Float64Array.from(one.values) })),
    };
    expect(alertMarks(view).map(({ kind, time_ms, end_ms, title }) => [kind, time_ms, end_ms, title])).toEqual([
      ["pending", 0, 10, "Slow"],
      ["firing", 10, 30, "Slow (job=x)"],
      ["firing", 40, 50, "Slow (job=x)"],
    ]);
  });
});
