import { afterEach, describe, expect, it, vi } from "vitest";
import type { WatchingRule } from "../../src/api/rulesWatching";
import { WatchingBatch } from "../../src/api/rulesWatching";
import { withLimits } from "../../src/charts/axis";
import { askedOf, limitsOf, severityStatus } from "../../src/dashboards/alerts/watching";
import type { Ask } from "../../src/dashboards/data/questions";
import { newQuery } from "../../src/dashboards/document";
import { DEFAULT_FORMAT } from "../../src/data/fieldFormat";
import { line } from "../../src/widgets/kinds/line";
import type { WidgetLimit, WidgetSeries } from "../../src/widgets/plugin";
import { fieldLook } from "../../src/widgets/timeLook";

const rule = (name: string, value: number | null, severity = ""): WatchingRule => ({
  rule: name,
  name,
  severity,
  limits: value === null ? [] : [{ op: ">", value }],
});
const ask = (ref: string, promql: string, role: Ask["role"] = "value"): Ask => ({ ref, promql, role, step_ms: 1000, span_ms: 1000, instant: false, slot: "" }); // prettier-ignore

describe("rules that watch a widget", () => {
  it("are asked by what is sent for each query, not for its envelope", () => {
    expect(askedOf({ asks: [ask("A", "m"), ask("A", "min(m)", "low"), ask("B", "n")] })).toEqual([
      { ref: "A", promql: "m" },
      { ref: "B", promql: "n" },
    ]);
  });

  it("give their thresholds to queries that are drawn; a formula is another quantity", () => {
    const shown = [
      { ...newQuery("A"), text: "m" },
      { ...newQuery("C"), kind: "formula" as const, text: "$B * 2" },
    ];
    const rules = new Map([
      ["A", [rule("High", 5, "critical"), rule("Gone", null)]],
      ["B", [rule("Hidden", 6)]],
      ["C", [rule("Formula", 7)]],
    ]);
    expect(limitsOf({ shown }, rules)).toEqual([{ ref: "A", rule: "High", op: ">", value: 5, status: "crit" }]);
  });

  it("have the colour of their severity", () => {
    expect(["page", "High", "warning", "", "info"].map(severityStatus)).toEqual([
      "crit",
      "crit",
      "warn",
      "warn",
      "info",
    ]);
  });
});

describe("lines of rules", () => {
  const series = (ref: string, axis: "left" | "right" = "left"): WidgetSeries => ({
    key: ref,
    ref,
    name: ref,
    labels: {},
    values: Float64Array.of(1),
    format: { ...DEFAULT_FORMAT, unit: "percent", axis },
  });
  const limit: WidgetLimit = { ref: "A", rule: "High", op: ">", value: 90, status: "crit" };

  it("say what the rule holds, in the unit of the axis", () => {
    expect(fieldLook([series("A")], line.defaults, [], [limit]).limits).toEqual([
      { value: 90, color: "crit", label: "High > 90.0\u2009%" },
    ]);
  });

  it("are not drawn against another axis, another query, or what stands on others", () => {
    expect(fieldLook([series("A", "right"), series("B")], line.defaults, [], [limit]).limits).toEqual([]);
    expect(fieldLook([series("B")], line.defaults, [], [limit]).limits).toEqual([]);
    const stacked = { ...line.defaults, stack: "normal" as const };
    expect(fieldLook([series("A"), series("B")], stacked, [], [limit]).limits).toEqual([]);
    expect(fieldLook([series("A")], stacked, [], [limit]).limits).toHaveLength(1);
  });

  it("are reached by the axis unless values would shrink to less than half of it", () => {
    const at = (...values: number[]) => values.map((value) => ({ value, color: "crit", label: "" }));
    expect(withLimits([40, 50], at(58, 90), false)).toEqual([40, 58]);
    expect(withLimits([40, 50], at(90), true)).toEqual([40, 90]);
    expect(withLimits([40, 50], at(-1), true)).toEqual([-1, 50]);
    expect(withLimits([5, 5], at(9), false)).toEqual([5, 9]);
    expect(withLimits([Infinity, -Infinity], at(9), false)).toEqual([Infinity, -Infinity]);
  });
});

describe("a page's questions about rules", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("are one request, each query in it once", async () => {
    const sent: string[][] = [];
    vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
      const { queries } = JSON.parse(body) as { queries: string[] };
      sent.push(queries);
      return Promise.resolve(new Response(JSON.stringify({ data: queries.map((query) => [rule(query, null)]) })));
    });
    let send = (): void => undefined;
    const batch = new WatchingBatch((run) => {
      send = run;
    });
    const found = [batch.load("m"), batch.load("n"), batch.load("m")];
    send();
    expect((await Promise.all(found)).map((rules) => rules.map((one) => one.name))).toEqual([["m"], ["n"], ["m"]]);
    expect(sent).toEqual([["m", "n"]]);
  });

  it("fail for all who asked", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no way there")));
    const batch = new WatchingBatch((run) => queueMicrotask(run));
    const found = await Promise.allSettled([batch.load("m"), batch.load("n")]);
    expect(found.map((one) => one.status)).toEqual(["rejected", "rejected"]);
  });
});
