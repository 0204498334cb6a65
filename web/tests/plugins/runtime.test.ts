// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { DEFAULT_FORMAT } from "../../src/data/fieldFormat";
import type { Change, Definition, PluginContext } from "../../src/widgets/plugins/frame/runtime";
import { Runtime } from "../../src/widgets/plugins/frame/runtime";
import type { FromFrame, Sent, SentSeries } from "../../src/widgets/plugins/protocol";

const SERIES: SentSeries = {
  key: "k",
  ref: "A",
  name: "a",
  labels: { host: "a" },
  values: Float64Array.of(1, NaN, 3),
  format: { ...DEFAULT_FORMAT, unit: "percent" },
  isPast: false,
  category: 4,
};
const SENT: Sent = {
  title: "T",
  zone: "utc",
  reducedMotion: false,
  width: 10,
  height: 20,
  options: { low: 1 },
  theme: { isDark: true, tokens: { s4: "#444444", text: "#ffffff", ghost: "#888888", crit: "#ff0000" } },
  data: {
    ...{ status: "ready", version: 7, times: Float64Array.of(0, 1000, 2000), step_ms: 1000, series: [SERIES] },
    ...{ window: { start_ms: 0, end_ms: 2000 }, now_ms: 2000, live: true, stale_ms: null, marks: [] },
  },
};

/** A runtime that draws when it is told to. */
function world(definition?: Partial<Definition>) {
  const said: FromFrame[] = [];
  const drawn: { context: PluginContext; changed: Change[] }[] = [];
  let due: (() => void)[] = [];
  const runtime = new Runtime({
    root: document.body,
    send: (message) => said.push(message),
    soon: (run) => due.push(run),
  });
  const paint = (): void => {
    const now = due;
    due = [];
    for (const run of now) run();
  };
  const full: Definition = {
    draw: (context, changed) => drawn.push({ context, changed: [...changed].sort() }),
    ...definition,
  };
  return { runtime, said, drawn, paint, full, due: () => due.length };
}

describe("the runtime of a plugin", () => {
  it("is ready when everything is there, in whatever order it comes", () => {
    for (const first of ["define", "take"] as const) {
      const it = world();
      const { data, ...rest } = SENT;
      if (first === "define") it.runtime.define(it.full);
      it.runtime.take({ op: "show", sent: rest });
      expect([it.said, it.due()]).toEqual([[], 0]);
      it.runtime.take({ op: "show", sent: { data } });
      if (first === "take") it.runtime.define(it.full);
      expect(it.said).toEqual([{ op: "ready" }]);
      it.paint();
      expect(it.drawn.map((one) => one.changed)).toEqual([["data", "options", "size", "theme"]]);
      expect(it.said.at(-1)).toEqual({ op: "drawn", version: 7 });
    }
  });

  it("draws several changes at a time once, and says what has changed", () => {
    const it = world();
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: SENT });
    it.paint();
    it.runtime.take({ op: "show", sent: { width: 30 } });
    it.runtime.take({ op: "show", sent: { title: "U" } });
    expect(it.due()).toBe(1);
    it.paint();
    expect(it.drawn.at(-1)?.changed).toEqual(["options", "size"]);
    expect(it.drawn.at(-1)?.context).toMatchObject({ width: 30, title: "U", height: 20 });
  });

  it("answers that it is alive without drawing", () => {
    const it = world();
    it.runtime.take({ op: "ping", count: 5 });
    expect([it.said, it.due()]).toEqual([[{ op: "pong", count: 5 }], 0]);
  });

  it("draws nothing while the plugin finds fault with the options, which is said even if nobody sees it", () => {
    const validate = (options: Sent["options"]): string[] => (options["low"] === 9 ? ["too low"] : []);
    const it = world({ validate });
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: { ...SENT, options: { low: 9 } } });
    expect(it.said).toEqual([{ op: "ready" }, { op: "problems", problems: ["too low"] }]);
    it.runtime.take({ op: "show", sent: { width: 5 } });
    it.paint();
    expect(it.drawn).toEqual([]);
    it.runtime.take({ op: "show", sent: { options: { low: 1 } } });
    expect(it.said.at(-1)).toEqual({ op: "problems", problems: [] });
    it.paint();
    expect(it.drawn.length).toBe(1);
  });

  it("transforms data when they or the options change, not for another size", () => {
    let times = 0;
    const it = world({
      transform: (data, options) => {
        times += 1;
        return { ...data, version: Number(options["low"]) };
      },
    });
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: SENT });
    it.paint();
    it.runtime.take({ op: "show", sent: { width: 1 } });
    it.paint();
    expect([times, it.drawn.map((one) => one.context.data.version)]).toEqual([1, [1, 1]]);
    it.runtime.take({ op: "show", sent: { options: { low: 2 } } });
    it.paint();
    expect([times, it.drawn.at(-1)?.context.data.version]).toEqual([2, 2]);
  });

  it("starts the plugin once, before its first picture", () => {
    const order: string[] = [];
    const it = world({ start: () => order.push("start"), draw: () => order.push("draw") });
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: SENT });
    it.paint();
    it.runtime.take({ op: "show", sent: { width: 1 } });
    it.paint();
    expect(order).toEqual(["start", "draw", "draw"]);
  });

  it.each(["draw", "validate", "transform", "start"] as const)("says what %s throws", (name) => {
    const it = world({
      [name]: () => {
        throw new TypeError("no");
      },
    });
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: SENT });
    it.paint();
    expect(it.said).toContainEqual({ op: "failed", message: "TypeError: no" });
  });

  it("takes one plugin, and one that can draw", () => {
    const it = world();
    expect(() => it.runtime.define({} as Definition)).toThrow("draw()");
    it.runtime.define(it.full);
    expect(() => it.runtime.define(it.full)).toThrow("before");
  });

  it("gives colours, numbers and times as they are everywhere on the page", () => {
    const it = world();
    it.runtime.define(it.full);
    it.runtime.take({ op: "show", sent: SENT });
    it.paint();
    const context = it.drawn[0]?.context as PluginContext;
    const thresholds = [{ status: "crit" as const, value: 2, color: "", label: "" }];
    const judged = { ...SERIES, format: { ...DEFAULT_FORMAT, color: "thresholds", thresholds } };
    expect(context.color("text")).toBe("#ffffff");
    expect(context.color("nothing")).toBe("");
    expect(context.colorOf(SERIES)).toBe("#444444");
    expect([context.colorOf(judged, 3), context.colorOf(judged, 1)]).toEqual(["#ff0000", "#444444"]);
    expect(context.colorOf({ ...SERIES, isPast: true })).toBe("#888888");
    expect(context.format(12.5, SERIES)).toBe("12.5\u2009%");
    expect(context.formatTime(0)).toBe("1 Jan, 00:00:00");
    expect([context.reduce(SERIES, "last"), context.reduce(SERIES, "avg")]).toEqual([3, 2]);
    expect(document.documentElement.style.getPropertyValue("--s4")).toBe("#444444");
    context.filter("host", "a");
    context.choose(SERIES, 3);
    context.zoomTo(1, 2);
    expect(it.said.slice(-3)).toEqual([
      { op: "filter", label: "host", value: "a" },
      { op: "choose", key: "k", value: 3, time_ms: null },
      { op: "zoom", start_ms: 1, end_ms: 2 },
    ]);
  });
});
