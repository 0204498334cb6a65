import { afterEach, describe, expect, it } from "vitest";
import { Bridge } from "../../src/widgets/plugins/bridge";
import type { PluginStatus, PluginWish } from "../../src/widgets/plugins/bridge";
import { readMessage } from "../../src/widgets/plugins/protocol";
import type { FromFrame, ToFrame } from "../../src/widgets/plugins/protocol";

/** A bridge, and the end of its port that a plugin would have. */
class World {
  now_ms = 0;
  active = true;
  hidden = false;
  statuses: PluginStatus[] = [];
  wishes: PluginWish[] = [];
  got: ToFrame[] = [];
  port: MessagePort | null = null;
  greetings = 0;
  readonly bridge = new Bridge({
    changed: (status) => this.statuses.push(status),
    isActive: () => this.active,
    isHidden: () => this.hidden,
    now: () => this.now_ms,
  });

  constructor() {
    this.bridge.onWish((wish) => this.wishes.push(wish));
  }

  get status(): PluginStatus | undefined {
    return this.statuses.at(-1);
  }

  open(): void {
    this.bridge.open({
      postMessage: (message, target, [port]) => {
        expect(message).toEqual({ vedette: 1 });
        expect(target).toBe("*");
        this.greetings += 1;
        this.port = port as MessagePort;
        this.port.onmessage = (event: MessageEvent<ToFrame>) => this.got.push(event.data);
      },
    });
  }

  async say(...messages: unknown[]): Promise<void> {
    for (const message of messages) this.port?.postMessage(message);
    await settled();
  }

  /** Some heartbeats, as far apart as they are. */
  beat(times: number): void {
    for (let beat = 0; beat < times; beat += 1) {
      this.now_ms += 2000;
      this.bridge.beat();
    }
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
const worlds: World[] = [];
const world = (): World => {
  const made = new World();
  worlds.push(made);
  return made;
};
afterEach(() => {
  for (const { bridge, port } of worlds.splice(0)) {
    bridge.close();
    port?.close();
  }
});

describe("what is sent to a plugin", () => {
  it("waits for its document, and only what is newest goes", async () => {
    const it = world();
    it.bridge.show({ title: "a", width: 1 });
    it.bridge.show({ title: "b" });
    it.open();
    it.bridge.show({ width: 2 });
    await settled();
    expect(it.got).toEqual([
      { op: "show", sent: { title: "b", width: 1 } },
      { op: "show", sent: { width: 2 } },
    ]);
  });

  it("hands columns over instead of copying them", async () => {
    const it = world();
    it.open();
    const values = new Float64Array([1, 2]);
    it.bridge.show({ data: { times: values } as never }, [values.buffer]);
    await settled();
    expect(values.length).toBe(0);
    const [first] = it.got;
    expect(first?.op === "show" && [...(first.sent.data?.times ?? [])]).toEqual([1, 2]);
  });
});

describe("a plugin that is well", () => {
  it("is running once it says so, and stays so while it answers", async () => {
    const it = world();
    it.open();
    await it.say({ op: "ready" });
    for (let round = 0; round < 20; round += 1) {
      it.beat(1);
      await settled();
      const asked = it.got.at(-1);
      await it.say({ op: "pong", count: asked?.op === "ping" ? asked.count : -1 });
    }
    expect(it.status).toEqual({ phase: "running", message: "", problems: [], blocked: [] });
  });

  it("tells what is wrong with its options, and that it is mended", async () => {
    const it = world();
    it.open();
    await it.say({ op: "ready" }, { op: "problems", problems: ["low"] });
    expect(it.status?.problems).toEqual(["low"]);
    await it.say({ op: "problems", problems: [] });
    expect(it.status?.problems).toEqual([]);
  });

  it("may sleep while nobody sees the page", async () => {
    const it = world();
    it.open();
    await it.say({ op: "ready" });
    it.hidden = true;
    it.beat(100);
    it.hidden = false;
    it.beat(2);
    expect(it.status?.phase).toBe("running");
  });
});

describe("a plugin that is not well", () => {
  it("is given up when it does not start", () => {
    const it = world();
    it.beat(10);
    expect(it.status).toBeUndefined();
    it.beat(1);
    expect(it.status?.message).toContain("does not start");
    it.open();
    expect(it.greetings).toBe(0);
  });

  it("is given up when it does not answer, and told nothing more", async () => {
    const it = world();
    it.open();
    await it.say({ op: "ready" });
    it.beat(5);
    expect(it.status?.phase).toBe("running");
    it.beat(1);
    expect(it.status).toMatchObject({ phase: "failed", message: "It does not answer any more." });
    await settled();
    const before = it.got.length;
    it.bridge.show({ title: "x" });
    it.beat(3);
    await it.say({ op: "zoomOut" });
    expect([it.got.length, it.wishes]).toEqual([before, []]);
  });

  it("is not believed by an answer to another question", async () => {
    const it = world();
    it.open();
    await it.say({ op: "ready" });
    it.beat(3);
    await it.say({ op: "pong", count: 1 });
    it.beat(3);
    expect(it.status?.phase).toBe("failed");
  });

  it("says what it failed of", async () => {
    const it = world();
    it.open();
    await it.say({ op: "failed", message: "<b>" });
    expect(it.status).toMatchObject({ phase: "failed", message: "<b>" });
  });

  it("is given up when another document comes in its place", () => {
    const it = world();
    it.open();
    it.open();
    expect([it.greetings, it.status?.message]).toEqual([1, "It has left its own document."]);
  });

  it("is given up when it floods the page", async () => {
    const it = world();
    it.open();
    await it.say(...Array.from({ length: 600 }, () => ({ op: "drawn", version: 1 })));
    expect(it.status?.message).toBe("It says too much.");
  });

  it("is told of once for each thing that it tries, a few times", async () => {
    const it = world();
    it.open();
    const tries = ["a", "a", "b", "c", "d", "e", "f", "g"].map((what) => ({ op: "blocked", what }));
    await it.say({ op: "ready" }, ...tries);
    expect(it.status?.blocked).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("gets nothing done that nobody has asked for", async () => {
    const it = world();
    it.open();
    it.active = false;
    await it.say({ op: "filter", label: "a", value: "b" }, { op: "zoomOut" });
    expect(it.wishes).toEqual([]);
    it.active = true;
    await it.say({ op: "filter", label: "a", value: "b" });
    expect(it.wishes).toEqual([{ op: "filter", label: "a", value: "b" }]);
  });
});

describe("messages of a plugin", () => {
  const right: FromFrame[] = [
    { op: "ready" },
    { op: "drawn", version: 3 },
    { op: "pong", count: 1 },
    { op: "problems", problems: ["a"] },
    { op: "failed", message: "x" },
    { op: "blocked", what: "x" },
    { op: "zoom", start_ms: 1, end_ms: 2 },
    { op: "zoomOut" },
    { op: "filter", label: "a", value: "" },
    { op: "choose", key: "k", value: 1, time_ms: null },
  ];
  it.each(right)("$op is read", (message) => {
    expect(readMessage({ ...message, more: 1 })).toEqual(message);
  });

  const wrong: unknown[] = [
    ...[null, undefined, 1, "ready", [], {}, { op: "other" }, { op: "__proto__" }, { op: ["ready"] }],
    ...[NaN, 1.5, "1", 2 ** 60].map((version) => ({ op: "drawn", version })),
    ...[{ problems: "a" }, { problems: [1] }, { problems: null }].map((more) => ({ op: "problems", ...more })),
    ...[[2, 1], [1, 1], [NaN, 1], [0, Infinity], ["0", 1]].map(([start_ms, end_ms]) => ({ op: "zoom", start_ms, end_ms })), // prettier-ignore
    ...[{ label: 1, value: "" }, { label: "a" }].map((more) => ({ op: "filter", ...more })),
    ...[
      { op: "failed", message: {} },
      { op: "choose", key: 1 },
    ],
  ];
  it.each(wrong.map((message) => [message]))("%j is none", (message) => {
    expect(readMessage(message)).toBeNull();
  });

  it("are cut to what a person can read", () => {
    const long = "x".repeat(100_000);
    expect(readMessage({ op: "failed", message: long })).toEqual({ op: "failed", message: "x".repeat(1000) });
    const problems = readMessage({ op: "problems", problems: Array.from({ length: 1000 }, () => long) });
    expect(problems?.op === "problems" && [problems.problems.length, problems.problems[0]?.length]).toEqual([10, 1000]);
  });
});
