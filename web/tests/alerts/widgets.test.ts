import { describe, expect, it } from "vitest";
import type { AlertPeriod, AlertView } from "../../src/api/alerts";
import type { TimeMark } from "../../src/charts/look";
import { bandsOf } from "../../src/charts/overlay";
import { periodMarks, selectorOf, signOf } from "../../src/dashboards/alerts/periods";

const labels = { alertname: "Slow", instance: "a", severity: "high" };
const period = (more: Partial<AlertPeriod>): AlertPeriod => ({
  labels,
  state: "firing",
  start_ms: 1000,
  end_ms: null,
  ...more,
});
const watching = new Set(["Slow"]);
const shown = [{ __name__: "checkout_seconds", instance: "a" }];

describe("alerts of a dashboard", () => {
  it("are marks that say who takes care, and lead to the alert", () => {
    const told = [{ labels, acked_by: "ada" }] as unknown as AlertView[];
    const [one, other] = periodMarks([period({}), period({ state: "pending", end_ms: 1000, start_ms: 500 })], told);
    expect(one).toMatchObject({ title: "Slow", status: "info", text: "high · instance=a · taken care of by ada" });
    expect(new URL(one?.href ?? "", "http://x").searchParams.get("began")).toBe("1000");
    expect(other).toMatchObject({ status: "warn", end_ms: 1000 });
  });

  it("are chosen by labels, with or without braces", () => {
    expect(selectorOf(' severity="high" ')).toBe('{severity="high"}');
    expect(selectorOf('{a="b"}')).toBe('{a="b"}');
    expect(selectorOf("")).toBe("");
  });

  it("stand in the header of a widget that shows what the rule reads", () => {
    const marks = periodMarks([period({})], []);
    expect(signOf(marks, watching, shown, 2000)).toMatchObject({ status: "crit", words: "Slow fires" });
    expect(signOf(marks, watching, [{}], 2000)).not.toBeNull();
  });

  it("do not where the widget shows something else, another place, or another time", () => {
    const marks = periodMarks([period({ end_ms: 3000 })], []);
    expect(signOf(marks, new Set(["Other"]), shown, 2000)).toBeNull();
    expect(signOf(marks, watching, [{ instance: "b" }], 2000)).toBeNull();
    expect(signOf(marks, watching, shown, 500)).toBeNull();
    expect(signOf(marks, watching, shown, 3000)).toBeNull();
  });

  it("are counted where there are several, the worst first", () => {
    const other = { ...labels, instance: "b" };
    const marks = periodMarks([period({}), period({ labels: other }), period({ state: "pending" })], []);
    const all = [{ job: "shop" }];
    expect(signOf(marks, watching, all, 2000)).toMatchObject({ words: "2 alerts fire", status: "crit" });
    expect(signOf(marks.slice(2), watching, all, 2000)).toMatchObject({ words: "Slow pending", status: "warn" });
  });
});

describe("bands of a chart", () => {
  const mark = (color: string, time_ms: number, end_ms: number | null): TimeMark => ({
    time_ms,
    end_ms,
    title: "",
    text: "",
    kind: "alert",
    color,
  });

  it("are one where those of one colour overlap, and end at the window", () => {
    const marks = [mark("crit", 0, 40), mark("crit", 30, 60), mark("warn", 35, 50), mark("crit", 80, null)];
    expect(bandsOf(marks, { start_ms: 10, end_ms: 90 })).toEqual([
      { start_ms: 10, end_ms: 60, color: "crit" },
      { start_ms: 35, end_ms: 50, color: "warn" },
      { start_ms: 80, end_ms: 90, color: "crit" },
    ]);
    expect(bandsOf([{ ...mark("text-3", 20, null), kind: "annotation" }], { start_ms: 0, end_ms: 90 })).toEqual([]);
  });
});
