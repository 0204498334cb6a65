import { describe, expect, it } from "vitest";
import type { Query, Widget } from "../../src/dashboards/document";
import { newQuery, newWidget } from "../../src/dashboards/document";
import type { Target } from "../../src/dashboards/data/feed";
import { WidgetFeed } from "../../src/dashboards/data/feed";
import { baseFormat, fillTemplate, formatOf, holdsFor, nameAll } from "../../src/dashboards/data/fields";
import { answerKey, buildFrame } from "../../src/dashboards/data/frames";
import { inTimeOf } from "../../src/dashboards/data/inTime";
import { planWidget, pointsFor } from "../../src/dashboards/data/questions";
import type { Wish } from "../../src/dashboards/data/questions";
import type { ColumnsAnswer, RangeRequest } from "../../src/api/client";
import { ApiError } from "../../src/api/client";
import { SourcePool } from "../../src/queries/pool";

const HOUR: Wish = {
  interval: { start_ms: 0, end_ms: 3_600_000 },
  width: 1000,
  variables: new Map(),
  filters: [],
  envelope: false,
};

function widget(queries: Partial<Query>[], change: Partial<Widget> = {}): Widget {
  return {
    ...newWidget("w", "line", { x: 0, y: 0, w: 6, h: 4 }),
    queries: queries.map((query, at) => ({ ...newQuery(String.fromCharCode(65 + at)), ...query })),
    ...change,
  };
}

const roles = (one: Widget, wish: Partial<Wish> = {}): string[] =>
  planWidget(one, { ...HOUR, ...wish }).asks.map((ask) => `${ask.ref} ${ask.role} ${ask.promql}`);

describe("the questions of a widget", () => {
  it("are about the time of the whole dashboard: shifts add up, a comparison of one's own counts more", () => {
    const own = { ...newWidget("w", "line", { x: 0, y: 0, w: 6, h: 4 }).time, shift: "1h", compare: "1w" };
    const plain = widget([{ text: "a" }]);
    const dashboard = { shift: "1d", compare: "previous" };
    expect(roles(inTimeOf(plain, dashboard))).toEqual(["A value a offset 1d", "A past a offset 25h"]);
    expect(roles(inTimeOf({ ...plain, time: own }, dashboard))).toEqual([
      "A value a offset 25h",
      "A past a offset 193h",
    ]);
    expect(inTimeOf(plain, { shift: "", compare: "" })).toBe(plain);
  });

  it("leave out what is hidden, unless a formula that is shown needs it", () => {
    const hidden = { text: "b", hidden: true };
    expect(roles(widget([{ text: "a" }, hidden]))).toEqual(["A value a"]);
    const through = [
      { text: "a", hidden: true },
      { kind: "formula", text: "$A", hidden: true },
    ] as const;
    expect(roles(widget([...through, { kind: "formula", text: "$B * 2" }]))).toEqual(["A value a"]);
  });

  it("are the same for widgets of similar width, and finer for wide ones", () => {
    expect(pointsFor(500)).toBe(pointsFor(620));
    const step = (width: number): number => planWidget(widget([{ text: "a" }]), { ...HOUR, width }).step_ms;
    expect(step(1200)).toBeLessThan(step(300));
  });

  it("keep to the least step of a query", () => {
    expect(planWidget(widget([{ text: "a", min_step_ms: 60_000 }]), HOUR).asks[0]?.step_ms).toBe(60_000);
  });

  it("ask for the past of the widget's time, and for its own length", () => {
    const time = { last: "10m", shift: "1d", compare: "previous" };
    const plan = planWidget(widget([{ text: "a" }], { time }), HOUR);
    expect(plan.span_ms).toBe(600_000);
    expect(plan.asks.map((ask) => ask.promql)).toEqual(["a offset 1d", "a offset 1450m"]);
  });

  it("ask for an envelope only where a step holds more than a second", () => {
    expect(roles(widget([{ text: "a" }]), { envelope: true })).toHaveLength(3);
    const minute = { start_ms: 0, end_ms: 60_000 };
    expect(roles(widget([{ text: "a" }]), { envelope: true, interval: minute })).toHaveLength(1);
    const narrow = { ...HOUR, width: 200, interval: { start_ms: 0, end_ms: 300_000 } };
    expect(planWidget(widget([{ text: "a" }]), narrow).asks.map((one) => one.step_ms)).toEqual([2000]);
    const seconds = planWidget(widget([{ text: "a" }]), { ...narrow, envelope: true }).asks;
    expect(seconds.map((one) => [one.role, one.step_ms])).toEqual([["value", 1000]]);
  });

  it("name what is wrong in a formula, and refuse one that goes round", () => {
    const round = widget([
      { kind: "formula", text: "$B" },
      { kind: "formula", text: "$A" },
    ]);
    expect(planWidget(round, HOUR).problems).toMatchObject([{ ref: "B", message: "B is computed from itself." }]);
  });
});

describe("frames", () => {
  const times = Float64Array.from([0, 1000]);
  const column = (...values: number[]): Float64Array => Float64Array.from(values);

  it("hold values, envelopes and ghosts under names, with formats of overrides", () => {
    const one = widget([{ text: "up", legend: "{{host}}" }], {
      time: { last: "", shift: "", compare: "1h" },
      overrides: [{ by: "label", match: "host=a", options: { unit: "s", name: "first {{host}}" } }],
    });
    const plan = planWidget(one, { ...HOUR, envelope: true });
    const answer = (value: number, named: boolean) => ({
      times,
      step_ms: 1000,
      series: [{ labels: { ...(named ? { __name__: "up" } : {}), host: "a" }, values: column(value, value) }],
    });
    const answers = new Map([
      [answerKey("A", "value"), answer(2, true)],
      [answerKey("A", "low"), answer(1, false)],
      [answerKey("A", "high"), answer(3, false)],
      [answerKey("A", "past"), answer(9, true)],
    ]);
    const { frame } = buildFrame(one, plan, answers);
    expect(frame.series).toMatchObject([
      { name: "first a", low: column(1, 1), high: column(3, 3), format: { unit: "s" } },
      { name: "first a (before)", isPast: true, values: column(9, 9) },
    ]);
  });

  it("bring answers of several steps onto one column", () => {
    const one = widget([{ text: "a" }, { text: "b" }]);
    const answers = new Map([
      [answerKey("A", "value"), { times, step_ms: 1000, series: [{ labels: {}, values: column(1, 2) }] }],
      [
        answerKey("B", "value"),
        { times: column(0, 2000), step_ms: 2000, series: [{ labels: {}, values: column(5, 6) }] },
      ],
    ]);
    const { frame } = buildFrame(one, planWidget(one, HOUR), answers);
    expect(Array.from(frame.times)).toEqual([0, 1000, 2000]);
    expect(frame.series.map((series) => Array.from(series.values))).toEqual([
      [1, 2, NaN],
      [5, 5, 6],
    ]);
    expect(new Set(frame.series.map((series) => series.key)).size).toBe(2);
  });
});

describe("names and formats", () => {
  it("fill templates with labels as text", () => {
    expect(fillTemplate("{{ a }}-{{b}}-{{nope}}", { a: "<b>", b: "{{a}}" })).toBe("<b>-{{a}}-");
    expect(nameAll([{ a: "1" }, { a: "2" }], "", "A", true)).toEqual(["1", "2"]);
  });

  it("let later overrides win and leave what they do not name", () => {
    const { name, format } = formatOf({ ref: "A", name: "cpu", labels: {} }, baseFormat("s"), { decimals: 1 }, [
      { by: "name", match: "cpu", options: { unit: "ms", style: { width: 2 } } },
      { by: "regex", match: "/^C/i", options: { unit: "bytes", name: "CPU", style: { fill: 1 } } },
      { by: "ref", match: "B", options: { unit: "percent" } },
    ]);
    expect(name).toBe("CPU");
    expect(format).toMatchObject({ unit: "bytes", decimals: 1, style: { width: 2, fill: 1 }, nulls: "gap" });
  });

  it("take a broken expression for one that holds for nothing", () => {
    expect(holdsFor({ by: "regex", match: "(", options: {} }, { ref: "A", name: "(", labels: {} })).toBe(false);
  });
});

describe("the feed of a widget", () => {
  const tick = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

  function stage(reply: (wish: RangeRequest) => ColumnsAnswer | ApiError) {
    const asked: RangeRequest[] = [];
    const followed: string[] = [];
    const pool = new SourcePool({
      load: async (wish) => {
        asked.push(wish);
        await tick();
        const answer = reply(wish);
        if (answer instanceof ApiError) throw answer;
        return answer;
      },
      subscribe: (wish) => {
        followed.push(wish.promql);
        return () => void followed.splice(followed.indexOf(wish.promql), 1);
      },
      arrived: () => undefined,
    });
    return { asked, followed, pool, feed: () => new WidgetFeed(pool, queueMicrotask) };
  }

  const answer = ({ start_ms, step_ms }: RangeRequest): ColumnsAnswer => ({
    status: "success",
    aggregation: "none",
    cache_hit: false,
    promql: "",
    data: {
      resultType: "matrix",
      timestamps_ms: [start_ms, start_ms + step_ms],
      step_ms,
      series: [{ labels: { host: "a" }, values: [1, 2] }],
    },
    total_points: 2,
    query_time_ms: 1,
    stats: {},
    warnings: [],
    infos: [],
    bytes: 1,
  });

  const target = (key: string): Target => ({
    key,
    interval: (span_ms) => ({ start_ms: 3_600_000 - span_ms, end_ms: 3_600_000 }),
    follow: true,
    interval_ms: () => 1000,
  });

  it("asks the same question once for all widgets, and ends it with the last", async () => {
    const { asked, followed, feed } = stage(answer);
    const one = widget([{ text: "up" }, { text: "up", legend: "again" }]);
    const [a, b] = [feed(), feed()];
    const plan = planWidget(one, HOUR);
    for (const each of [a, b]) each.aim(plan, target("w"));
    await tick();
    await tick();
    expect(asked).toHaveLength(1);
    expect(followed).toEqual(["up"]);
    const { status, frame } = a.assemble(one, plan, target("w"));
    expect([status, frame.series.length]).toEqual(["ready", 2]);
    a.release();
    await tick();
    expect(followed).toEqual(["up"]);
    b.release();
    await tick();
    expect(followed).toEqual([]);
  });

  it("shows what it had while the next is on its way", async () => {
    const { feed } = stage(answer);
    const one = widget([{ text: "up" }]);
    const plan = planWidget(one, HOUR);
    const own = feed();
    own.aim(plan, target("first"));
    expect(own.assemble(one, plan, target("first")).status).toBe("first");
    await tick();
    await tick();
    own.assemble(one, plan, target("first"));
    own.aim(plan, target("second"));
    const { status, frame } = own.assemble(one, plan, target("second"));
    expect([status, frame.series.length]).toEqual(["loading", 1]);
  });

  it("shows what arrived beside what failed", async () => {
    const { feed } = stage((wish) =>
      wish.promql === "bad" ? new ApiError("no", "limit", 422, null, null, null) : answer(wish),
    );
    const one = widget([{ text: "up" }, { text: "bad" }]);
    const plan = planWidget(one, HOUR);
    const own = feed();
    own.aim(plan, target("w"));
    await tick();
    await tick();
    const { status, failures, frame } = own.assemble(one, plan, target("w"));
    expect([status, failures.map((one) => one.ref), frame.series.length]).toEqual(["ready", ["B"], 1]);
  });

  it("has an answer of one moment for instant questions", async () => {
    const { feed } = stage(answer);
    const one = widget([{ text: "up", mode: "instant" }]);
    const plan = planWidget(one, HOUR);
    const own = feed();
    own.aim(plan, target("w"));
    await tick();
    await tick();
    const { frame } = own.assemble(one, plan, target("w"));
    expect([frame.times.length, frame.series[0]?.values]).toEqual([1, Float64Array.from([2])]);
  });
});
