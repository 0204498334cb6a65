import { describe, expect, it } from "vitest";
import { MemoryAddress } from "../../src/data/memoryAddress";
import { constant } from "../../src/dashboards/data/scope";
import type { Scope } from "../../src/dashboards/data/scope";
import type { Dashboard, Widget } from "../../src/dashboards/document";
import {
  emptyDashboard,
  newMarkSource,
  newQuery,
  newSection,
  newWidget,
  readDashboard,
} from "../../src/dashboards/document";
import { named, snapshotDoors } from "../../src/dashboards/share/doors";
import type { Freezing } from "../../src/dashboards/share/freeze";
import { ALL_WIDTHS, SNAPSHOT_WIDTHS, freezeDashboard } from "../../src/dashboards/share/freeze";
import { frozenPlanner, questionKey } from "../../src/dashboards/share/frozenPlan";
import { dashboardLink, embedCode, publicLink } from "../../src/dashboards/share/link";
import { partOf } from "../../src/dashboards/share/partOf";
import { noted } from "../../src/dashboards/share/useFrozenMarks";

const HOUR_MS = 3_600_000;
const interval = { start_ms: 1_700_000_000_000, end_ms: 1_700_000_000_000 + 6 * HOUR_MS };

function widget(id: string, change: Partial<Widget> = {}): Widget {
  const made = newWidget(id, "line", { x: 0, y: 0, w: 6, h: 4 });
  return { ...made, queries: [newQuery("A", 'rate(http_requests_total{job="$job"}[5m])')], ...change };
}

const several = (...values: string[]): Scope =>
  new Map([["job", { values, texts: values, all: false, allValue: "", trusted: false }]]);

function freezing(spec: Partial<Dashboard>, change: Partial<Freezing> = {}): Freezing {
  return {
    spec: { ...emptyDashboard(), ...spec },
    scope: several("api"),
    filters: [],
    interval,
    only: null,
    envelope: () => false,
    widths: ALL_WIDTHS,
    marks: [],
    zoom: false,
    ...change,
  };
}

describe("freezing a dashboard", () => {
  it("puts the variables in, and leaves them and all that leads further out", () => {
    const frozen = freezeDashboard(
      freezing({
        widgets: [widget("w1", { title: "Load of $job", links: [{ ...newLink(), title: "x", url: "/inside" }] })],
        variables: readDashboard({ variables: [{ name: "job" }] }).variables,
        links: [newLink()],
        tags: ["inside"],
        folder: "inside",
      }),
    );
    const text = JSON.stringify(frozen.spec);
    expect(text).toContain("Load of api");
    expect(text).not.toContain("inside");
    expect(frozen.spec["variables"]).toBeUndefined();
    expect(frozen.questions.every((one) => one.promql.includes('job="api"'))).toBe(true);
    expect(frozen.left).toEqual([]);
  });

  it("knows the questions of every width, each once", () => {
    const { questions } = freezeDashboard(freezing({ widgets: [widget("w1")] }));
    expect(questions.map((one) => one.step_ms)).toEqual([120_000, 60_000, 30_000, 15_000]);
    expect(new Set(questions.map(questionKey)).size).toBe(questions.length);
    expect(questions.every((one) => one.span_ms === 6 * HOUR_MS)).toBe(true);
    const kept = freezeDashboard(freezing({ widgets: [widget("w1")] }, { widths: SNAPSHOT_WIDTHS }));
    expect(kept.questions).toHaveLength(1);
  });

  it("makes the copies of what is repeated, under ids that tell no values", () => {
    const repeat = { variable: "job", direction: "across" as const, per_row: 4 };
    const { spec, questions } = freezeDashboard(
      freezing(
        {
          widgets: [widget("w1", { title: "$job", repeat }), widget("w2", { section: "s1" })],
          sections: [{ ...newSection("s1", "Of $job", "fold"), repeat }],
        },
        { scope: several("secret-a", "secret-b") },
      ),
    );
    const { widgets, sections } = readDashboard(spec);
    expect(widgets.map((one) => [one.id, one.title, one.section])).toEqual([
      ["w1", "secret-a", ""],
      ["w1--2", "secret-b", ""],
      ["w2", "", "s1"],
      ["w2--2", "", "s1--2"],
    ]);
    expect(sections.map((one) => one.title)).toEqual(["Of secret-a", "Of secret-b"]);
    expect(widgets.every((one) => one.repeat === null)).toBe(true);
    const asked = questions.filter((one) => one.widget === "w2--2");
    expect(asked[0]?.promql).toContain('job="secret-b"');
  });

  it("takes one widget alone out of its section", () => {
    const spec = {
      widgets: [widget("w1", { section: "s1" }), widget("w2")],
      sections: [newSection("s1", "S", "fold")],
    };
    const frozen = freezeDashboard(freezing(spec, { only: "w1" }));
    const { widgets, sections } = readDashboard(frozen.spec);
    expect([widgets.map((one) => [one.id, one.section]), sections]).toEqual([[["w1", ""]], []]);
    expect(new Set(frozen.questions.map((one) => one.widget))).toEqual(new Set(["w1"]));
  });

  it("takes a repeated widget with all its copies", () => {
    const repeat = { variable: "job", direction: "across" as const, per_row: 4 };
    const spec = { widgets: [widget("w1", { repeat }), widget("w2")] };
    const frozen = freezeDashboard(freezing(spec, { scope: several("a", "b"), only: "w1" }));
    expect(readDashboard(frozen.spec).widgets.map((one) => one.id)).toEqual(["w1", "w1--2"]);
  });

  it("tells what cannot be asked, and waits for values that are on their way", () => {
    const outside = widget("w1", { title: "T", queries: [newQuery("A", "$job + 1")] });
    const wrong = freezeDashboard(freezing({ widgets: [outside] }, { scope: new Map() }));
    expect(wrong.questions).toEqual([]);
    expect(wrong.left).toEqual(['T, A: There is no variable "job".']);
    const pending: Scope = new Map([["job", { ...constant(""), pending: true }]]);
    expect(freezeDashboard(freezing({ widgets: [widget("w1")] }, { scope: pending })).waits).toBe(true);
  });

  it("has sources of marks with a question each, under ids that tell nothing, and leaves out what cannot be asked", () => {
    const marks = [
      { ...newMarkSource("Deploys", "query"), query: 'deploys{job="$job"}', title: "{{version}}" },
      { ...newMarkSource("Notes", "manual"), tags: ["deploy"] },
      newMarkSource("Alerts", "alerts"),
      { ...newMarkSource("Broken", "query"), query: "$nothing" },
      newMarkSource("Empty", "query"),
    ];
    const frozen = freezeDashboard(freezing({ widgets: [] }, { marks }));
    expect(frozen.marks.map((one) => [one.id, one.kind, one.name, one.title, one.tags])).toEqual([
      ["m1", "query", "Deploys", "{{version}}", []],
      ["m2", "manual", "Notes", "", ["deploy"]],
      ["m3", "alerts", "Alerts", "", []],
    ]);
    expect(frozen.questions.map((one) => [one.widget, one.role, one.promql, one.span_ms])).toEqual([
      ["m1", "mark", 'deploys{job="api"}', 6 * HOUR_MS],
      ["m3", "mark", 'ALERTS{alertstate=~"pending|firing"}', 6 * HOUR_MS],
    ]);
    expect(frozen.left).toEqual(['Broken: There is no variable "nothing".']);
  });

  it("has finer questions about all of the time where viewers may look closer, none of more than 10,000 steps", () => {
    const part = widget("w2", { time: { last: "30m", shift: "", compare: "" } });
    const { questions } = freezeDashboard(freezing({ widgets: [widget("w1"), part] }, { zoom: true }));
    const of = (id: string) => questions.filter((one) => one.widget === id).map((one) => [one.step_ms, one.span_ms]);
    expect(of("w1").slice(-2)).toEqual([
      [10_000, 6 * HOUR_MS],
      [5000, 6 * HOUR_MS],
    ]);
    expect(of("w2")).toContainEqual([2000, 20_000_000]);
    expect(questions.every((one) => one.span_ms / one.step_ms <= 10_000)).toBe(true);
  });

  it("keeps the unit that only the text of a question tells", () => {
    const queries = [newQuery("A", "node_memory_free_bytes"), newQuery("B", "up")];
    const { spec } = freezeDashboard(freezing({ widgets: [widget("w1", { queries })] }));
    expect(readDashboard(spec).widgets[0]?.overrides).toEqual([{ by: "ref", match: "A", options: { unit: "bytes" } }]);
  });
});

function newLink() {
  return { title: "inside", url: "/inside", dashboard: "", keeps_time: true, keeps_variables: true, new_tab: false };
}

describe("what a frozen widget asks", () => {
  const shown = widget("w1", {
    queries: [newQuery("A", "?"), { ...newQuery("F", "$A * 2"), kind: "formula" as const }, newQuery("Z", "?")],
  });
  const question = (step_ms: number, role: "value" | "low" = "value") => ({
    widget: "w1",
    ref: "A",
    role,
    step_ms,
    span_ms: 6 * HOUR_MS,
    instant: false,
  });
  const planner = frozenPlanner([question(15_000), question(60_000), question(60_000, "low")]);
  const wish = { interval, variables: new Map(), filters: [], envelope: true };

  it("is the step that fits its width, with all roles of that step", () => {
    const plan = planner(shown, { ...wish, width: 500 });
    expect(plan.asks.map((one) => [one.ref, one.role, one.step_ms])).toEqual([
      ["A", "value", 60_000],
      ["A", "low", 60_000],
    ]);
    expect([...plan.formulas.keys()]).toEqual(["F"]);
  });

  it("is the roughest where none is rough enough, and names no text", () => {
    const plan = planner(shown, { ...wish, width: 100 });
    expect(plan.asks[0]?.step_ms).toBe(60_000);
    expect(plan.asks[0]?.promql).toBe('["w1","A","value",60000]');
  });

  it("says what was not shared", () => {
    expect(planner(shown, { ...wish, width: 500 }).problems).toEqual([
      { ref: "Z", from: null, to: null, message: "This question was not shared." },
    ]);
  });

  it("goes by its name over the wire", () => {
    const sent = { op: "subscribe", id: "s1", promql: '["w1","A","value",60000]', step_ms: 60_000, interval_ms: 1000 };
    expect(JSON.parse(named(JSON.stringify(sent)))).toEqual({
      op: "subscribe",
      id: "s1",
      interval_ms: 1000,
      widget: "w1",
      ref: "A",
      role: "value",
      step_ms: 60_000,
    });
    expect(named('{"op":"ping"}')).toBe('{"op":"ping"}');
  });

  it("is answered by a snapshot from its own data", async () => {
    const answer = { timestamps_ms: [1, 2], series: [{ labels: { a: "b" }, values: [1, "NaN"] }] };
    const doors = snapshotDoors([question(60_000), question(15_000)], [answer, { error: "timeout" }]);
    const wanted = { step_ms: 60_000, start_ms: 0, end_ms: 9 };
    const { signal } = new AbortController();
    const got = await doors.load({ promql: questionKey(question(60_000)), ...wanted }, signal);
    expect(got.data).toMatchObject({ step_ms: 60_000, ...answer });
    await expect(doors.load({ promql: questionKey(question(15_000)), ...wanted }, signal)).rejects.toThrow("answered");
    await expect(doors.load({ promql: questionKey(question(1000)), ...wanted }, signal)).rejects.toThrow("no answer");
  });

  it("is cut by a snapshot to the part that is looked at, but for what is of one moment", async () => {
    const answer = { timestamps_ms: [10, 20, 30, 40], series: [{ labels: {}, values: [1, 2, 3, null] }] };
    const now = { ...question(15_000), instant: true };
    const doors = snapshotDoors([question(60_000), now], [answer, answer]);
    const { signal } = new AbortController();
    const at = async (start_ms: number, end_ms: number, asked = question(60_000)) =>
      (await doors.load({ promql: questionKey(asked), step_ms: 10, start_ms, end_ms }, signal)).data;
    expect(await at(20, 30)).toMatchObject({ timestamps_ms: [20, 30], series: [{ values: [2, 3] }] });
    expect(await at(5, 99)).toMatchObject(answer);
    expect((await at(31, 39)).timestamps_ms).toEqual([]);
    expect((await at(50, 60)).timestamps_ms).toEqual([]);
    expect((await at(31, 39, now)).timestamps_ms).toEqual([10, 20, 30, 40]);
  });

  it("leaves questions of marks to who draws marks", () => {
    const mark = { ...question(60_000), widget: "w1", role: "mark" as const };
    expect(frozenPlanner([mark, question(60_000)])(shown, { ...wish, width: 500 }).asks).toHaveLength(1);
  });

  it("is about the part that is looked at", () => {
    const part = { start_ms: interval.end_ms - HOUR_MS, end_ms: interval.end_ms };
    expect(planner(shown, { ...wish, interval: part, width: 500 }).asks[0]).toMatchObject({
      step_ms: 15_000,
      span_ms: HOUR_MS,
    });
  });
});

describe("a part of the time that was given away", () => {
  const whole = { start_ms: 0, end_ms: 100_000 };

  it("stays inside, has a least length, and is all of it when it is nearly that", () => {
    expect(partOf({ start_ms: 20_000, end_ms: 40_000 }, whole)).toEqual({ start_ms: 20_000, end_ms: 40_000 });
    expect(partOf({ start_ms: -20_000, end_ms: 10_000 }, whole)).toEqual({ start_ms: 0, end_ms: 30_000 });
    expect(partOf({ start_ms: 90_000, end_ms: 120_000 }, whole)).toEqual({ start_ms: 70_000, end_ms: 100_000 });
    expect(partOf({ start_ms: 50_000, end_ms: 50_001 }, whole)).toEqual({ start_ms: 47_501, end_ms: 52_501 });
    expect(partOf({ start_ms: 1, end_ms: 99_999 }, whole)).toBeNull();
  });
});

describe("annotations of a frozen dashboard", () => {
  it("are shown by the widget and its copies, in the colour of their source", () => {
    const source = { id: "m1", kind: "manual" as const, name: "Notes", title: "", text: "", color: "s3" };
    const note = { source: "m1", time_ms: 5, end_ms: null, title: "Deploy", text: "", widget: "" };
    const all = [note, { ...note, widget: "w1" }, { ...note, source: "m2" }, { ...note, widget: "gone" }];
    const marks = noted(source, all, [{ id: "w1" }, { id: "w1--2" }, { id: "w1-2" }]);
    expect(marks.map((one) => one.widget)).toEqual(["", "w1", "w1--2"]);
    expect(marks[0]).toMatchObject({ title: "Deploy", time_ms: 5, color: "s3", kind: "annotation" });
  });
});

describe("links", () => {
  const linking = {
    origin: "https://v.example",
    path: "/d/x",
    params: new URLSearchParams("panel=w1&var-host=a&filter=b%3Dc&live=0"),
    scope: several("api & co"),
    range: { from: "now-6h", to: "now" },
    window: { start_ms: 1000.4, end_ms: 2000.6 },
    project: "web",
  };

  it("lock the time and the variables of now", () => {
    const link = new URL(dashboardLink(linking, { lockTime: true, variables: true, kiosk: true }));
    expect([...link.searchParams]).toEqual([
      ["project", "web"],
      ["from", "1000"],
      ["to", "2001"],
      ["var-job", "api & co"],
      ["var-host", "a"],
      ["filter", "b=c"],
      ["panel", "w1"],
      ["kiosk", ""],
    ]);
  });

  it("or leave both open", () => {
    const link = new URL(dashboardLink(linking, { lockTime: false, variables: false, kiosk: false }));
    expect(link.search).toBe("?project=web&from=now-6h&to=now&panel=w1");
  });

  it("keep the token of a public link out of what servers see", () => {
    expect(new URL(publicLink("https://v.example", "vsl_x")).pathname).toBe("/public");
    expect(new URL(publicLink("https://v.example", "vsl_x")).hash).toBe("#vsl_x");
  });

  it("write titles into code as text", () => {
    const code = embedCode("https://v.example", "t", '"><script>alert(1)</script>');
    expect(code).toContain('title="&quot;>&lt;script>alert(1)&lt;/script>"');
    expect(code.match(/"/g)).toHaveLength(10);
  });
});

describe("the address of a view of its own", () => {
  it("changes only what viewers may choose, and leads nowhere", () => {
    const address = new MemoryAddress("/public", ["panel"], new URLSearchParams("panel=w1&from=0"));
    let told = 0;
    address.watch(() => (told += 1));
    expect(address.read()).toBe("/public?panel=w1");
    address.change({ from: "0", to: "9" });
    address.go();
    address.open();
    expect([told, address.read()]).toEqual([0, "/public?panel=w1"]);
    address.change({ panel: null });
    expect([told, address.read()]).toEqual([1, "/public"]);
  });
});
