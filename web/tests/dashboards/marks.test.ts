import { describe, expect, it } from "vitest";
import { marksAt } from "../../src/charts/overlay";
import type { MatrixView } from "../../src/data/matrix";
import { identity } from "../../src/data/labels";
import type { Labels } from "../../src/data/labels";
import { newMarkSource } from "../../src/dashboards/document";
import type { Annotation } from "../../src/dashboards/marks/sources";
import {
  MARKS_PARAM,
  alertBands,
  annotationMarks,
  inOrder,
  marksFor,
  queryMarks,
  questionOf,
  runsOf,
  shownSources,
  sourcesOf,
  switched,
} from "../../src/dashboards/marks/sources";

const view = (labels: Labels, values: readonly number[]): MatrixView => ({
  step_ms: 10,
  times_ms: Float64Array.from(values, (_, row) => 1000 + row * 10),
  series: [{ key: identity(labels), labels, values: Float64Array.from(values) }],
});
const note = (more: Partial<Annotation>): Annotation => ({
  id: "n",
  version: 1,
  time_ms: 5,
  end_ms: null,
  title: "Deploy",
  text: "",
  tags: [],
  dashboard: "",
  widget: "",
  created_by: "",
  ...more,
});

describe("sources of marks", () => {
  it("are annotations and alerts where the author says nothing", () => {
    expect(sourcesOf([]).map((one) => one.kind)).toEqual(["manual", "alerts"]);
    const own = [newMarkSource("Deploys", "query")];
    expect(sourcesOf(own)).toBe(own);
  });

  it("are switched in the address, which is empty again once they are as the author left them", () => {
    const sources = [newMarkSource("a", "manual"), { ...newMarkSource("b", "query"), enabled: false }];
    const none = new URLSearchParams();
    expect([...shownSources(sources, none)]).toEqual(["a"]);
    const both = switched(sources, new Set(["a"]), "b", true);
    expect(both).toEqual(["a", "b"]);
    const params = new URLSearchParams(both?.map((name) => [MARKS_PARAM, name]));
    expect([...shownSources(sources, params)]).toEqual(["a", "b"]);
    expect(switched(sources, new Set(["a", "b"]), "b", false)).toBeNull();
    expect(switched(sources, new Set(["a"]), "a", false)).toEqual([""]);
    expect([...shownSources(sources, new URLSearchParams([[MARKS_PARAM, ""]]))]).toEqual([]);
  });

  it("ask for all alerts unless the author says which", () => {
    expect(questionOf(newMarkSource("a", "manual"))).toBe("");
    expect(questionOf(newMarkSource("a", "alerts"))).toContain("ALERTS{");
    expect(questionOf({ ...newMarkSource("a", "alerts"), query: "ALERTS{team='x'}" })).toBe("ALERTS{team='x'}");
    expect(questionOf(newMarkSource("a", "query"))).toBe("");
  });
});

describe("marks of an answer", () => {
  it("are runs of one value", () => {
    expect(runsOf(Float64Array.of(0, 1, 1, NaN, 1, 2, 2, 0))).toEqual([
      { from: 1, to: 3, value: 1 },
      { from: 4, to: 5, value: 1 },
      { from: 5, to: 7, value: 2 },
    ]);
  });

  it("are bands of alerts with their state", () => {
    const labels = { __name__: "ALERTS", alertname: "Slow", alertstate: "firing", host: "a" };
    expect(alertBands(newMarkSource("Alerts", "alerts"), view(labels, [NaN, 1, 1, NaN]))).toMatchObject([
      { time_ms: 1010, end_ms: 1030, title: "Slow", text: "firing host=a", status: "crit", labels: { host: "a" } },
    ]);
    const pending = { ...labels, alertstate: "pending" };
    expect(alertBands(newMarkSource("Alerts", "alerts"), view(pending, [1]))).toMatchObject([{ status: "warn" }]);
  });

  it("are bands while a value is 1 and moments where it becomes another one", () => {
    const source = { ...newMarkSource("Deploys", "query"), title: "to {{app}}", color: "s3" };
    expect(queryMarks(source, view({ app: "shop" }, [1, 1, 0, 7, 7, 8]))).toMatchObject([
      { time_ms: 1000, end_ms: 1020, title: "to shop", color: "s3" },
      { time_ms: 1030, end_ms: null },
      { time_ms: 1050, end_ms: null },
    ]);
    expect(queryMarks(source, view({}, [5, 5, 5]))).toEqual([]);
  });

  it("are annotations of this dashboard and of all, by their tags", () => {
    const found = [note({}), note({ dashboard: "d", tags: ["deploy"] }), note({ dashboard: "other" })];
    expect(annotationMarks(newMarkSource("a", "manual"), found, "d")).toHaveLength(2);
    expect(annotationMarks({ ...newMarkSource("a", "manual"), tags: ["deploy"] }, found, "d")).toHaveLength(1);
  });
});

const UNKNOWN = { strange: new Set<string>(), names: null };

describe("the marks of a widget", () => {
  const source = newMarkSource("Alerts", "alerts");
  const alert = alertBands(source, view({ alertname: "Slow", alertstate: "firing", host: "a", job: "x" }, [1]));

  it("are alerts that share a label with its series and differ in none", () => {
    expect(marksFor(alert, "w", [{ host: "a", cpu: "0" }], UNKNOWN)).toHaveLength(1);
    expect(marksFor(alert, "w", [{ host: "a", job: "y" }], UNKNOWN)).toHaveLength(0);
    expect(marksFor(alert, "w", [{ cpu: "0" }], UNKNOWN)).toHaveLength(0);
    const everywhere = alertBands(source, view({ alertname: "Slow", alertstate: "firing", severity: "page" }, [1]));
    expect(marksFor(everywhere, "w", [], UNKNOWN)).toHaveLength(1);
  });

  it("are alerts of the rules that watch it, wherever no label differs", () => {
    const watched = { strange: new Set<string>(), names: new Set(["Slow"]) };
    expect(marksFor(alert, "w", [{ host: "a", cpu: "0" }], watched)).toHaveLength(1);
    expect(marksFor(alert, "w", [{}], watched)).toHaveLength(1);
    expect(marksFor(alert, "w", [{ host: "b" }], watched)).toHaveLength(0);
    expect(marksFor(alert, "w", [{ host: "a" }], { ...watched, names: new Set(["Other"]) })).toHaveLength(0);
  });

  it("are alerts of other systems by their labels, as nobody knows what they watch", () => {
    const others = { strange: new Set(["Slow"]), names: new Set<string>() };
    expect(marksFor(alert, "w", [{ host: "a" }], others)).toHaveLength(1);
    expect(marksFor(alert, "w", [{}], others)).toHaveLength(0);
  });

  it("are annotations of all widgets and its own, also in its copies", () => {
    const marks = annotationMarks(newMarkSource("a", "manual"), [note({}), note({ widget: "w" })], "");
    expect(marksFor(marks, "w", [], UNKNOWN)).toBe(marks);
    expect(marksFor(marks, "w=a", [], UNKNOWN)).toHaveLength(2);
    expect(marksFor(marks, "v", [], UNKNOWN)).toHaveLength(1);
  });

  it("are in order, the newest where there are too many", () => {
    const many = Array.from({ length: 700 }, (_, time_ms) => note({ time_ms: 700 - time_ms }));
    const marks = inOrder(annotationMarks(newMarkSource("a", "manual"), many, ""));
    expect(marks).toHaveLength(500);
    expect([marks[0]?.time_ms, marks.at(-1)?.time_ms]).toEqual([201, 700]);
  });

  it("are read near their moment and within their stretch", () => {
    const [moment, stretch, gap] = [
      { time_ms: 100, end_ms: null, kind: "annotation" as const },
      { time_ms: 200, end_ms: 300, kind: "alert" as const },
      { time_ms: 90, end_ms: 310, kind: "gap" as const },
    ].map((one) => ({ ...one, title: "", text: "", color: "" }));
    const marks = [moment, stretch, gap].filter((one) => one !== undefined);
    expect(marksAt(marks, 104, 5)).toEqual([moment]);
    expect(marksAt(marks, 106, 5)).toEqual([]);
    expect(marksAt(marks, 250, 5)).toEqual([stretch]);
    expect(marksAt(marks, 306, 5)).toEqual([]);
  });
});
