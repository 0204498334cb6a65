import { beforeEach, describe, expect, it } from "vitest";
import { backoff } from "../src/live/backoff";
import type { LiveFrame, LiveListener } from "../src/live/client";
import { LiveClient } from "../src/live/client";
import { ServerClock } from "../src/live/clock";
import { LatencyMeter } from "../src/live/latency";
import { parseServerMessages } from "../src/live/protocol";
import type { Connect, TransportEvents } from "../src/live/transport";

/** A connection whose other end is the test. */
class Wire {
  sent: Record<string, unknown>[] = [];
  opened = 0;
  events: TransportEvents | null = null;

  readonly connect: Connect = (events) => {
    this.opened += 1;
    this.events = events;
    return { send: (text) => this.sent.push(JSON.parse(text) as Record<string, unknown>), close: () => undefined };
  };

  say(message: object): void {
    this.events?.message(JSON.stringify(message));
  }

  asked(): Record<string, unknown>[] {
    return this.sent.filter((one) => one["op"] === "subscribe");
  }
}

class Timers {
  now_ms = 1_000_000;
  private waiting: { at_ms: number; callback: () => void; handle: number }[] = [];
  private handles = 0;

  set(callback: () => void, delay_ms: number): number {
    this.handles += 1;
    this.waiting.push({ at_ms: this.now_ms + delay_ms, callback, handle: this.handles });
    return this.handles;
  }

  clear(handle: number): void {
    this.waiting = this.waiting.filter((one) => one.handle !== handle);
  }

  pass(duration_ms: number): void {
    const end_ms = this.now_ms + duration_ms;
    for (;;) {
      const next = this.waiting.filter((one) => one.at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (next === undefined) break;
      this.now_ms = next.at_ms;
      this.clear(next.handle);
      next.callback();
    }
    this.now_ms = end_ms;
  }
}

let wire: Wire;
let timers: Timers;
let client: LiveClient;
let frames: LiveFrame[];
let errors: string[];
let listener: LiveListener;
const WISH = { promql: "up", step_ms: 1000, interval_ms: 1000 };
const LABELS = { __name__: "up" };

beforeEach(() => {
  wire = new Wire();
  timers = new Timers();
  const clock = new ServerClock(() => timers.now_ms);
  client = new LiveClient({ first: wire.connect, second: null }, clock, timers, () => 1);
  frames = [];
  errors = [];
  listener = {
    series: () => undefined,
    frame: (frame) => frames.push(frame),
    error: (error) => errors.push(error.message),
  };
});

function frame(id: unknown, time_ms: number, value: number, ingested_ms = time_ms): object {
  return { type: "frame", id, timestamps_ms: [time_ms], values: { "0": [value] }, now_ms: time_ms, ingested_ms };
}

describe("live connection", () => {
  it("carries all subscriptions over one connection", () => {
    client.subscribe(WISH, null, 60_000, listener);
    client.subscribe({ ...WISH, promql: "down" }, null, 60_000, listener);
    wire.events?.open();
    expect(wire.opened).toBe(1);
    expect(wire.asked().map((one) => one["promql"])).toEqual(["up", "down"]);
  });

  it("names values by the series' identity", () => {
    client.subscribe(WISH, null, 60_000, listener);
    wire.events?.open();
    const id = wire.asked()[0]?.["id"];
    wire.say({ type: "series", id, series: [{ key: 0, labels: LABELS }] });
    wire.say(frame(id, 5000, 3));
    expect(frames[0]?.values.get("__name__=2:up")).toEqual([3]);
  });

  it("asks after a loss for what it missed, from the newest moment it has", () => {
    client.subscribe(WISH, 990_000, 60_000, listener);
    wire.events?.open();
    const id = wire.asked()[0]?.["id"];
    expect(wire.asked()[0]?.["since_ms"]).toBe(990_000);
    wire.say({ type: "series", id, series: [{ key: 0, labels: LABELS }] });
    wire.say(frame(id, 998_000, 1));
    wire.events?.close();
    expect(client.state.kind).toBe("waiting");
    timers.pass(1000);
    wire.events?.open();
    expect(wire.asked()[1]?.["since_ms"]).toBe(998_000);
  });

  it("never asks for more than the window shows", () => {
    client.subscribe(WISH, 1000, 60_000, listener);
    wire.events?.open();
    expect(wire.asked()[0]?.["since_ms"]).toBe(940_000);
  });

  it("waits longer after each failure, up to 30 s, and starts over once it was open", () => {
    client.subscribe(WISH, null, 60_000, listener);
    const waits: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      wire.events?.close();
      const state = client.state;
      if (state.kind !== "waiting") throw new Error("not waiting");
      waits.push(state.retryAt_ms - timers.now_ms);
      timers.pass(30_000);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    wire.events?.open();
    wire.events?.close();
    const state = client.state;
    expect(state.kind === "waiting" ? state.retryAt_ms - timers.now_ms : null).toBe(1000);
  });

  it("falls back to the second way when the first never opens", () => {
    const second = new Wire();
    const clock = new ServerClock(() => timers.now_ms);
    client = new LiveClient({ first: wire.connect, second: second.connect }, clock, timers, () => 1);
    client.subscribe(WISH, null, 60_000, listener);
    for (let failure = 0; failure < 3; failure += 1) {
      wire.events?.close();
      timers.pass(30_000);
    }
    expect(second.opened).toBe(1);
  });

  it("hangs up while held and catches up on resume", () => {
    client.subscribe(WISH, 995_000, 60_000, listener);
    wire.events?.open();
    client.hold();
    expect(client.state.kind).toBe("idle");
    timers.pass(20_000);
    client.resume();
    wire.events?.open();
    expect(wire.asked()[1]?.["since_ms"]).toBe(995_000);
  });

  it("takes a silent connection for lost", () => {
    client.subscribe(WISH, null, 60_000, listener);
    wire.events?.open();
    timers.pass(30_000);
    expect(client.state.kind).not.toBe("open");
  });

  it("tells a frame without a new sample from one with", () => {
    client.subscribe(WISH, null, 60_000, listener);
    wire.events?.open();
    const id = wire.asked()[0]?.["id"];
    wire.say(frame(id, 1000, 1, 900));
    wire.say(frame(id, 2000, 1, 900));
    expect(frames.map((one) => one.ingested_ms)).toEqual([900, 0]);
  });

  it("hands errors to the subscription they belong to", () => {
    client.subscribe(WISH, null, 60_000, listener);
    wire.events?.open();
    wire.say({ type: "error", id: wire.asked()[0]?.["id"], error: { code: "bad_query", message: "wrong" } });
    wire.say({ type: "error", id: "unknown", error: { code: "bad_query", message: "not mine" } });
    expect(errors).toEqual(["wrong"]);
  });
});

describe("messages", () => {
  it("that make no sense are ignored", () => {
    expect(["", "null", "[]", '{"type":7}', '{"type":"news"}', "{", "[[]]"].flatMap(parseServerMessages)).toEqual([]);
  });

  it("come alone or several in one text", () => {
    const beat = { type: "heartbeat", now_ms: 1 };
    expect(parseServerMessages(JSON.stringify(beat))).toEqual([beat]);
    expect(parseServerMessages(JSON.stringify([beat, null, { type: "news" }, beat]))).toEqual([beat, beat]);
  });
});

describe("back-off", () => {
  it("is spread, and never under a second", () => {
    expect([0, 0.5, 1].map((random) => backoff(3, random))).toEqual([6000, 7000, 8000]);
    expect(backoff(0, 0)).toBe(1000);
  });
});

describe("server clock", () => {
  it("trusts the quickest of the last pings", () => {
    let now_ms = 10_000;
    const clock = new ServerClock(() => now_ms);
    now_ms = 10_100;
    clock.pong(10_000, 15_050);
    expect(clock.now()).toBe(15_100);
    now_ms = 10_110;
    clock.pong(10_108, 15_110);
    expect(clock.now()).toBe(15_111);
    now_ms = 11_000;
    clock.pong(10_200, 99_000);
    expect(clock.now()).toBe(16_001);
  });
});

describe("latency", () => {
  it("is the 95th percentile of the last frames", () => {
    const meter = new LatencyMeter();
    expect(meter.p95()).toBeNull();
    for (let value = 1; value <= 100; value += 1) meter.add(value);
    expect(meter.p95()).toBe(95);
  });
});
