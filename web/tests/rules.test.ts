import { describe, expect, it } from "vitest";
import type { Backtest, Band, Condition, LiveGroup, LiveRule, Rule } from "../src/api/rules";
import { durationProblem } from "../src/data/duration";
import { asKind, drawnOf, drawnOfText, isComplete, thresholdOf } from "../src/pages/alerts/rules/condition/condition";
import { byDocument, filterRows, idleGroups, NO_FILTER, rowAddress, rowsOf } from "../src/pages/alerts/rules/list";
import { bandMarks } from "../src/pages/alerts/rules/preview/marks";
import { onSteps, ownLabels, stepOf, stretchesOf, verdictOf } from "../src/pages/alerts/rules/preview/replay";
import { labelsOf } from "../src/pages/alerts/rules/preview/WhereItGoes";
import {
  asType,
  cleaned,
  copyOf,
  fieldOf,
  isSame,
  isSavable,
  placeOf,
  problemsOf,
  readable,
  renamed,
  severityOf,
  withCondition,
  withSeverity,
} from "../src/pages/alerts/rules/rule";
import { RuleClash, switched, withoutAll, without, writtenInto } from "../src/pages/alerts/rules/saving";
import { asked, editStart, findLive, newStart } from "../src/pages/alerts/rules/start";

const threshold = (more: object = {}): Condition => ({ kind: "threshold", query: "cpu", op: ">", value: 90, ...more });

describe("a condition", () => {
  it("is a threshold where an expression compares with a number", () => {
    expect(thresholdOf("rate(a[5m]) * 2 > 5")).toEqual({
      kind: "threshold",
      query: "rate(a[5m]) * 2",
      op: ">",
      value: 5,
    });
    expect(thresholdOf("10 < a")).toEqual({ kind: "threshold", query: "a", op: ">", value: 10 });
    expect(thresholdOf("a >= -1.5e3")).toMatchObject({ op: ">=", value: -1500 });
  });
  it("is no threshold where the comparison says more, or something else", () => {
    for (const text of ["a > bool 5", "a > on(x) b", "a > 5 and b > 3", "a > 5m", "a", "a >", "a > 5 foo", ""]) {
      expect(thresholdOf(text), text).toBeNull();
    }
  });
  it("keeps its query when its kind changes", () => {
    for (const kind of ["compare", "change", "absence", "anomaly", "and", "or", "promql"] as const) {
      expect(JSON.stringify(asKind(threshold(), kind)), kind).toContain('"cpu');
    }
    expect(asKind(threshold(), "promql")).toEqual({ kind: "promql", query: "cpu > 90" });
    expect(asKind({ kind: "promql", query: "cpu > 90" }, "threshold")).toEqual(threshold());
    expect(asKind(threshold({ recover: 80 }), "and")).toEqual({ kind: "and", of: [threshold()] });
  });
  it("has nothing that must not hold outside of all of", () => {
    const both: Condition = { kind: "and", of: [threshold(), { kind: "not", of: threshold({ query: "b" }) }] };
    expect(asKind(both, "or")).toEqual({ kind: "or", of: [threshold(), threshold({ query: "b" })] });
    expect(isComplete(both)).toBe(true);
    expect(isComplete({ kind: "and", of: [{ kind: "not", of: threshold() }] })).toBe(false);
  });
  it("is complete when the server has something to judge", () => {
    expect(isComplete(threshold())).toBe(true);
    expect(isComplete(threshold({ query: " " }))).toBe(false);
    expect(isComplete(threshold({ value: NaN }))).toBe(false);
    expect(isComplete(threshold({ recover: NaN }))).toBe(false);
    expect(isComplete({ kind: "change", query: "a", over: "soon", by: 1 })).toBe(false);
    expect(isComplete({ kind: "anomaly", query: "a" })).toBe(true);
    expect(isComplete({ kind: "anomaly", query: "a", step: "0s" })).toBe(false);
  });
  it("is drawn by what it looks at, and by its numbers", () => {
    expect(drawnOf(threshold({ recover: 80 }))).toEqual({
      queries: ["cpu"],
      lines: [
        { value: 90, recovers: false },
        { value: 80, recovers: true },
      ],
    });
    expect(drawnOf({ kind: "compare", left: "a", op: ">", right: "b", factor: 2 }).queries).toEqual(["a", "(b) * 2"]);
    expect(drawnOf({ kind: "and", of: [threshold(), threshold({ query: "b" })] })).toEqual({
      queries: ["cpu", "b"],
      lines: [],
    });
    expect(drawnOfText("cpu > 90")).toMatchObject({ queries: ["cpu"], lines: [{ value: 90 }] });
    expect(drawnOfText("absent(up)")).toEqual({ queries: ["absent(up)"], lines: [] });
  });
  it("tells what a duration should be", () => {
    expect(durationProblem("1h30m")).toBeNull();
    expect(durationProblem("")).toBeNull();
    expect(durationProblem("", true)).toContain("5m");
    expect(durationProblem("0s", true)).toBe("More than zero.");
    expect(durationProblem("five")).toContain("Not a duration");
  });
});

describe("a rule", () => {
  it("is as bad as its label says, until another severity is chosen", () => {
    const written = { alert: "A", expr: "up", severity: "low", labels: { severity: "high", team: "db" } } as const;
    expect(severityOf(written)).toBe("high");
    expect(withSeverity(written, "critical")).toEqual({ ...written, severity: "critical", labels: { team: "db" } });
    expect(severityOf({ alert: "A", severity: "low" })).toBe("low");
  });

  const rule: Rule = { alert: "Busy", expr: "cpu > 90", for: "5m" };
  it("is kept without what is empty", () => {
    expect(
      cleaned({ ...rule, alert: " Busy ", owner: "", tags: [], labels: {}, enabled: true, condition: null }),
    ).toEqual(rule);
    expect(cleaned({ ...rule, enabled: false })).toEqual({ ...rule, enabled: false });
  });
  it("is the same whatever the order of what it says", () => {
    expect(isSame({ for: "5m", expr: "cpu > 90", alert: "Busy", labels: {} }, rule)).toBe(true);
    expect(isSame({ ...rule, labels: { a: "1", b: "2" } }, { ...rule, labels: { b: "2", a: "1" } })).toBe(true);
    expect(isSame({ ...rule, for: "6m" }, rule)).toBe(false);
  });
  it("has an expression or a condition", () => {
    expect(withCondition(rule, threshold())).toEqual({ alert: "Busy", for: "5m", condition: threshold() });
    expect(withCondition({ alert: "Busy", condition: threshold() }, { kind: "promql", query: "up == 0" })).toEqual({
      alert: "Busy",
      expr: "up == 0",
    });
    expect(readable(rule).condition).toEqual(threshold());
  });
  it("that records says nothing of alerts", () => {
    const recording = asType({ ...rule, severity: "high", runbook: "https://a", labels: { team: "a" } }, "record");
    expect(recording).toEqual({ record: "Busy", expr: "cpu > 90", labels: { team: "a" } });
    expect(isSavable(recording)).toBe(true);
    expect(problemsOf({ record: "no spaces", expr: "a" })["name"]).toBeDefined();
  });
  it("is copied with the group's labels, another name and another id, and switched on", () => {
    const copy = copyOf({ ...rule, enabled: false, labels: { a: "own" } }, "r-1", { a: "group", b: "group" });
    expect(copy).toEqual({ ...rule, alert: "BusyCopy", id: "r-1", labels: { a: "own", b: "group" } });
    expect(copyOf({ record: "a:b", expr: "b" }, "r-2").record).toBe("a:b:copy");
  });
  it("keeps what it is known by when it gets another name", () => {
    expect(renamed(rule, { ...rule, alert: "Hot" }).id).toBe("Busy");
    expect(renamed({ ...rule, id: "r-1" }, { ...rule, id: "r-1", alert: "Hot" }).id).toBe("r-1");
    expect(renamed({ ...rule, alert: "with space" }, rule).id).toBeUndefined();
  });
  it("is found where it was, else by what it is known by", () => {
    const rules = [{ alert: "A" }, { alert: "B" }, { alert: "B" }];
    expect(placeOf({ rules }, "B", 2)).toBe(2);
    expect(placeOf({ rules }, "B", 0)).toBe(1);
    expect(placeOf({ rules }, "C", 0)).toBe(-1);
  });
  it("learns from the server which field is wrong", () => {
    expect(fieldOf("rule.for: bad duration")).toEqual({ field: "for", text: "bad duration" });
    expect(fieldOf("rules[3].expr: could not parse")).toEqual({ field: "condition", text: "could not parse" });
    expect(fieldOf("rules[0].condition.recover: 5 is not")).toEqual({ field: "condition", text: "5 is not" });
    expect(fieldOf("something else")).toBeNull();
  });
});

describe("a group that others change, too", () => {
  const mine: Rule = { alert: "Mine", expr: "a" };
  const base = { rule: mine, at: 1 };
  const other: Rule = { alert: "Other", expr: "b" };
  const written = { rule: { ...mine, for: "1m" }, interval: null, base, over: false };
  it("takes a rule over although another rule was changed or removed", () => {
    const next = { rules: [{ ...mine, for: "1m" }] };
    expect(writtenInto({ rules: [mine] }, written)).toEqual(next);
    expect(writtenInto({ rules: [{ ...other, for: "2m" }, mine] }, written).rules?.[1]).toEqual(next.rules[0]);
  });
  it("tells of both versions when the very rule was changed, and gives way when told to", () => {
    const theirs = { ...mine, for: "9m" };
    expect(() => writtenInto({ rules: [other, theirs] }, written)).toThrow(RuleClash);
    expect(writtenInto({ rules: [other, theirs] }, { ...written, over: true }).rules?.[1]?.for).toBe("1m");
    expect(() => writtenInto({ rules: [other] }, written)).toThrow(RuleClash);
    expect(writtenInto({ rules: [other] }, { ...written, over: true }).rules).toHaveLength(2);
  });
  it("gets an interval with a rule, and keeps its own where nothing is said", () => {
    const now = { rules: [other, mine], interval: "1m" };
    expect(writtenInto(now, { ...written, interval: "5s" }).interval).toBe("5s");
    expect(writtenInto(now, written).interval).toBe("1m");
    expect(writtenInto({ rules: [] }, { ...written, base: null, interval: "5s" }).interval).toBe("5s");
  });
  it("switches and removes many at once", () => {
    const group = { rules: [mine, other, { ...mine, alert: "Third" }] };
    const two = [
      { id: "Mine", at: 0 },
      { id: "Third", at: 2 },
    ];
    expect(switched(two, false)(group)?.rules?.map((one) => one.enabled)).toEqual([false, undefined, false]);
    expect(withoutAll(two)(group)?.rules).toEqual([other]);
    expect(without("Gone", 0)(group)).toBeNull();
  });
});

const live = (id: string, more: Partial<LiveRule> = {}): LiveRule => ({
  type: "alerting",
  name: id,
  id,
  key: id,
  query: "x > 1",
  labels: {},
  health: "ok",
  evaluationTime: 0.01,
  lastEvaluation: "2026-11-19T14:18:00Z",
  state: "inactive",
  ...more,
});

const GROUPS: LiveGroup[] = [
  {
    name: "shop",
    file: "",
    document: "d1",
    interval: 30,
    rules: [live("A", { state: "firing" }), live("C", { query: "z > 1", health: "err", lastError: "many-to-many" })],
    source: {
      labels: { team: "shop" },
      rules: [
        { alert: "A", expr: "x > 1" },
        { alert: "B", expr: "y > 1", enabled: false },
        { alert: "C", expr: "z > 1" },
        { record: "d:e", expr: "z" },
      ],
    },
  },
  {
    name: "vedette",
    file: "/opt/vedette/packs/system/rules/vedette.yml",
    document: "",
    interval: 60,
    rules: [live("S")],
    source: { rules: [{ alert: "S", expr: "s", severity: "high" }] },
  },
];

describe("the list of rules", () => {
  const rows = rowsOf(GROUPS);
  it("has what is switched off beside what is evaluated", () => {
    expect(rows.map((one) => [one.name, one.state])).toEqual([
      ["A", "firing"],
      ["B", "off"],
      ["C", "failing"],
      ["d:e", "waiting"],
      ["S", "inactive"],
    ]);
    expect(rows.map((one) => one.source)).toEqual(["document", "document", "document", "document", "system"]);
  });
  it("is filtered by words, state, group and where rules come from", () => {
    const names = (more: object): string[] => filterRows(rows, { ...NO_FILTER, ...more }).map((one) => one.name);
    expect(names({ text: "TEAM=shop y" })).toEqual(["B"]);
    expect(names({ state: "failing" })).toEqual(["C"]);
    expect(names({ source: "system" })).toEqual(["S"]);
    expect(names({ group: "shop", text: "z" })).toEqual(["C", "d:e"]);
  });
  it("leads to the editor, to what is only shown, and to a copy", () => {
    const [first, , , , last] = rows;
    if (first === undefined || last === undefined) throw new Error("no rows");
    expect(rowAddress(first)).toBe("/alerts/rules/edit?rule=A&at=0&doc=d1");
    expect(rowAddress(first, true)).toBe("/alerts/rules/new?rule=A&at=0&doc=d1");
    const address = rowAddress(last);
    expect(address).toMatch(/^\/alerts\/rules\/view\?rule=S&at=0&file=.+&group=vedette$/);
    expect(findLive(GROUPS, new URLSearchParams(address.split("?")[1]))?.rule.alert).toBe("S");
  });
  it("changes many group by group, and no files", () => {
    expect([...byDocument(rows)].map(([id, own]) => [id, own.length])).toEqual([["d1", 4]]);
  });
  it("tells of groups of which nothing is evaluated", () => {
    const head = (id: string) => ({ id, name: id }) as Parameters<typeof idleGroups>[0][number];
    expect(idleGroups([head("d1"), head("d2")], GROUPS).map((one) => one.id)).toEqual(["d2"]);
  });
});

describe("what an editor begins with", () => {
  it("is what the address says, a comparison as a threshold", () => {
    const params = new URLSearchParams({ expr: "cpu > 5", name: "p99 of search", dashboard: "d1", widget: "w1" });
    expect(asked(params, "r-1")).toMatchObject({
      id: "r-1",
      alert: "P99OfSearch",
      condition: { kind: "threshold", query: "cpu", op: ">", value: 5 },
      annotations: { __dashboardUid__: "d1", __panelId__: "w1" },
    });
    expect(asked(new URLSearchParams({ expr: "cpu", value: "80" }), "r").condition).toMatchObject({ value: 80 });
    expect(asked(new URLSearchParams(), "r").condition).toMatchObject({ query: "" });
  });
  it("is put into the group that is named, else one there is, else a new one", () => {
    const heads = [
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ];
    expect(newStart({}, "b", heads).group).toEqual({ id: "b" });
    expect(newStart({}, "", heads).group).toEqual({ id: "a" });
    expect(newStart({}, "", []).group).toEqual({ name: "My rules" });
  });
  it("is the rule as it is in its group", () => {
    const group = { rules: [{ alert: "A" }, { alert: "B" }], interval: "30s" };
    expect(editStart({ id: "d", group }, { rule: "B", at: 0 })).toMatchObject({ base: { at: 1 }, interval: "30s" });
    expect(editStart({ id: "d", group }, { rule: "C", at: 0 })).toBeNull();
  });
});

describe("what would have happened", () => {
  const band = (start_ms: number, end_ms: number | null, more: Partial<Band> = {}): Band => ({
    labels: { alertname: "A", host: "a" },
    state: "firing",
    start_ms,
    end_ms,
    value: 1,
    ...more,
  });
  const interval = { start_ms: 0, end_ms: 100_000 };
  it("counts time once, however many alerts fire in it", () => {
    const bands = [band(10_000, 20_000), band(15_000, 30_000, { labels: { host: "b" } }), band(90_000, null)];
    const replay: Backtest = { expr: "", evaluations: 10, series: 2, bands, notifications: [], truncated: false };
    expect(verdictOf(replay, interval)).toEqual({ fired: 3, firing_ms: 30_000, notifications: 0, flapping: 0 });
  });
  it("tells of flapping as the server does: five times within an hour", () => {
    const bands = [0, 1, 2, 3, 4].map((at) => band(at * 900_000, at * 900_000 + 1000));
    const replay: Backtest = { expr: "", evaluations: 10, series: 1, bands, notifications: [], truncated: false };
    expect(verdictOf(replay, interval).flapping).toBe(1);
    expect(verdictOf({ ...replay, bands: bands.slice(1) }, interval).flapping).toBe(0);
  });
  it("draws stretches that cannot be told apart as one", () => {
    const bands = [band(0, 10), band(20, 30), band(5000, 5010)];
    expect(stretchesOf(bands, "firing", 10_000, 50)).toHaveLength(2);
    expect(bandMarks(bands, interval).map((one) => one.color)).toEqual(["crit", "crit"]);
  });
  it("is evaluated as often as the rule, but not so often that nobody can wait for it", () => {
    const day = { start_ms: 0, end_ms: 86_400_000 };
    expect(stepOf(30_000, day)).toBe(30_000);
    expect(stepOf(500, day)).toBe(1000);
    expect(stepOf(1000, { start_ms: 0, end_ms: 30 * 86_400_000 })).toBe(6000);
    expect(onSteps({ start_ms: 61_500, end_ms: 119_999 }, 30_000)).toEqual({ start_ms: 60_000, end_ms: 90_000 });
  });
  it("goes where the labels lead, without those that are not known before there is an alert", () => {
    const rule: Rule = { alert: "Busy", severity: "high", labels: { team: "own", host: "{{ $labels.host }}" } };
    expect(labelsOf(rule, { team: "group", site: "b" }, null)).toEqual({
      alertname: "Busy",
      severity: "high",
      team: "own",
      site: "b",
    });
    expect(labelsOf(rule, {}, { host: "a", alertname: "Draft" })).toMatchObject({ host: "a", alertname: "Busy" });
  });
  it("names an alert by what tells it from the others", () => {
    const [a, b] = [
      { alertname: "A", host: "a", job: "j" },
      { alertname: "A", host: "b", job: "j" },
    ];
    expect(ownLabels(a, [a, b])).toEqual([["host", "a"]]);
    expect(ownLabels(a, [a])).toEqual([
      ["host", "a"],
      ["job", "j"],
    ]);
  });
});
