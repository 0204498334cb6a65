import { describe, expect, it } from "vitest";
import { barGroups } from "../src/widgets/bars";
import { slotsOf } from "../src/widgets/colors";
import { binValues, countsOf, distribution, percentile } from "../src/widgets/distribution";
import { progressOf } from "../src/widgets/eta";
import { graphOf, withoutCircles } from "../src/widgets/graph";
import { bucketCounts } from "../src/widgets/heatRows";
import { bar } from "../src/widgets/kinds/bar";
import { histogram } from "../src/widgets/kinds/histogram";
import { nodes3d } from "../src/widgets/kinds/nodes3d";
import { pie } from "../src/widgets/kinds/pie";
import { scatter3d } from "../src/widgets/kinds/scatter3d";
import { table } from "../src/widgets/kinds/table";
import { topology3d } from "../src/widgets/kinds/topology3d";
import { matchSeries, trendOf } from "../src/widgets/pairs";
import type { WidgetData, WidgetSeries } from "../src/widgets/plugin";
import { reduceSeries } from "../src/widgets/reduce";
import { widgetKind, widgetKinds } from "../src/widgets/registry";
import { sortTable, tableCsv, tableRows } from "../src/widgets/rows";
import { gaugeScale } from "../src/widgets/scale";
import { pieSlices } from "../src/widgets/slices";
import { nodeSpace, scatterSpace, topologySpace } from "../src/widgets/spaces";
import { stretches } from "../src/widgets/states";
import { tileColumns } from "../src/widgets/tiles";
import { DEFAULT_FORMAT } from "../src/data/fieldFormat";
import { identity } from "../src/data/labels";

function series(labels: Record<string, string>, values: number[], more: Partial<WidgetSeries> = {}): WidgetSeries {
  const ref = more.ref ?? "A";
  return { key: `${ref} ${identity(labels)}`, ref, name: Object.values(labels).join(" "), labels, values: Float64Array.from(values), format: DEFAULT_FORMAT, ...more }; // prettier-ignore
}

function data(all: WidgetSeries[], times?: number[]): WidgetData {
  const length = all[0]?.values.length ?? 0;
  const rows = Float64Array.from(times ?? Array.from({ length }, (_, row) => row * 1000));
  const end_ms = rows.at(-1) ?? 0;
  return {
    status: "ready",
    frame: { times: rows, step_ms: 1000, series: all },
    version: 1,
    window: { start_ms: 0, end_ms },
    now_ms: end_ms,
    live: false,
    stale_ms: null,
    marks: [],
  };
}

describe("the registry", () => {
  it("has every kind once, with defaults for all its options and made-up data that fits", () => {
    const names = widgetKinds().map((one) => one.kind);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(19);
    for (const kind of widgetKinds()) {
      const options: Record<string, unknown> = { ...(kind.defaults as object) };
      for (const name of Object.keys(kind.schema.properties))
        expect(options, `${kind.kind} ${name}`).toHaveProperty(name);
      const { times, series: all } = kind.sample();
      for (const one of all) expect(one.values.length, kind.kind).toBe(times.length);
      expect(new Set(all.map((one) => one.key)).size, kind.kind).toBe(all.length);
    }
    expect(widgetKind("line")?.name).toBe("Line");
    expect(widgetKind("__proto__")).toBeNull();
  });
});

describe("one number for a series", () => {
  it("is of the window, without what is missing; nothing when nothing is there", () => {
    const times = Float64Array.from([0, 1000, 2000, 3000]);
    const values = Float64Array.from([100, 1, NaN, 3]);
    const window = { start_ms: 500, end_ms: 3000 };
    const of = (how: Parameters<typeof reduceSeries>[2]): number => reduceSeries(times, values, how, window);
    expect([of("last"), of("avg"), of("min"), of("max"), of("sum"), of("delta"), of("count")]).toEqual([
      3, 2, 1, 3, 4, 2, 2,
    ]);
    expect(reduceSeries(times, values, "count", { start_ms: 5000, end_ms: 6000 })).toBeNaN();
  });
  it("of an instant answer counts wherever its moment is", () => {
    expect(reduceSeries(Float64Array.of(99_000), Float64Array.of(7), "last", { start_ms: 0, end_ms: 1000 })).toBe(7);
  });
});

describe("colours", () => {
  it("of the past are those of the present, and pinned ones win", () => {
    const now = series({ a: "b" }, [1]);
    const other = series({ a: "c" }, [1], { format: { ...DEFAULT_FORMAT, color: "s5" } });
    const slots = slotsOf([now, other, { ...now, isPast: true }]);
    expect(slots[2]?.category).toBe(slots[0]?.category);
    expect(slots[1]?.category).toBe(4);
  });
});

describe("bars", () => {
  const all = data([
    series({ job: "a", code: "2" }, [6]),
    series({ job: "a", code: "5" }, [2]),
    series({ job: "b", code: "2" }, [4]),
  ]);
  it("stand on each other, in shares of their group, and below zero downwards", () => {
    const groups = barGroups(all, { ...bar.defaults, category: "job", stack: "percent" });
    expect(groups.map((one) => [one.name, one.bars.map((part) => [part.from, part.to])])).toEqual([
      ["a", [[0, 75], [75, 100]]], // prettier-ignore
      ["b", [[0, 100]]],
    ]);
    const mixed = data([series({ k: "1" }, [3]), series({ k: "2" }, [-2])]);
    const [down] = barGroups(mixed, { ...bar.defaults, category: "none", stack: "normal" });
    expect(down?.bars.map((one) => [one.from, one.to])).toEqual([[0, 3], [0, -2]]); // prettier-ignore
  });
  it("of one part have one name over all groups, and come in the order that is asked for", () => {
    const groups = barGroups(all, { ...bar.defaults, category: "job", sort: "smallest" });
    expect(groups.map((one) => one.name)).toEqual(["b", "a"]);
    expect(groups[0]?.bars[0]?.part).toBe(groups[1]?.bars[0]?.part);
  });
});

describe("gauges", () => {
  it("reach from the field's least to its greatest; zones lie between the thresholds", () => {
    const thresholds = [
      { status: "ok" as const, value: null, color: "", label: "" },
      { status: "crit" as const, value: 75, color: "", label: "" },
    ];
    const scale = gaugeScale([30], { ...DEFAULT_FORMAT, unit: "percent", thresholds });
    expect([scale.low, scale.high, scale.part(50)]).toEqual([0, 100, 0.5]);
    expect(scale.zones).toEqual([
      { from: 0, to: 0.75, color: "ok" },
      { from: 0.75, to: 1, color: "crit" },
    ]);
    expect(gaugeScale([NaN], DEFAULT_FORMAT).high).toBeGreaterThan(0);
  });
});

describe("tables", () => {
  it("put series of two queries with the same labels into one row", () => {
    const found = tableRows(
      data([
        series({ __name__: "up", job: "a" }, [1]),
        series({ __name__: "up", job: "b" }, [0]),
        series({ __name__: "lag", job: "a" }, [7], { ref: "B" }),
      ]),
      table.defaults,
    );
    expect(found.labels).toEqual(["job"]);
    expect(found.columns.map((one) => one.head)).toEqual(["up", "lag"]);
    expect(tableCsv(found, sortTable(found, { by: "B last", up: true }))).toEqual([["job", "up", "lag"], ["a", 1, 7], ["b", 0, NaN]]); // prettier-ignore
  });
  it("head their columns as the author names them: labels by the table, values by their options", () => {
    const found = tableRows(
      data([
        series({ __name__: "up", job: "a" }, [1], { given: "Is up" }),
        series({ __name__: "up", job: "b" }, [0], { given: "Is up" }),
      ]),
      { ...table.defaults, names: ["job=Service", "nothing", "=x", "y="] },
    );
    expect(found.heads).toEqual(["Service"]);
    expect(found.columns.map((one) => one.head)).toEqual(["Is up"]);
    expect(tableCsv(found, [])).toEqual([["Service", "Is up"]]);
  });
  it("put what is missing last in both orders, and read numbers within texts", () => {
    const found = tableRows(
      data([series({ h: "n10" }, [1]), series({ h: "n9" }, [NaN]), series({ h: "n1" }, [2])]),
      table.defaults,
    );
    const order = (by: string, up: boolean): string[] => sortTable(found, { by, up }).map((one) => one.texts[0] ?? "");
    expect(order("A last", false)).toEqual(["n1", "n10", "n9"]);
    expect(order("A last", true)).toEqual(["n10", "n1", "n9"]);
    expect(order("h", true)).toEqual(["n1", "n9", "n10"]);
  });
});

describe("states", () => {
  it("last to the next sample, and nothing is claimed where samples are missing", () => {
    const one = series({ s: "x" }, [1, 1, NaN, 2, 2]);
    const found = stretches(data([one]).frame, one, { start_ms: 0, end_ms: 4500 });
    expect(found.map(({ start_ms, end_ms, text }) => [start_ms, end_ms, text])).toEqual([[0, 2000, "1"], [3000, 4500, "2"]]); // prettier-ignore
  });
  it("are broken by moments that are not there at all", () => {
    const one = series({ s: "x" }, [1, 1]);
    expect(stretches(data([one], [0, 9000]).frame, one, { start_ms: 0, end_ms: 9500 }).length).toBe(2);
  });
});

describe("distributions", () => {
  it("tell what a series has in each bin, the last bound included", () => {
    const [one, other] = [series({ host: "a" }, [1, 2, 10]), series({ host: "b" }, [1, 1, NaN])];
    const spread = data([one, other]);
    const bins = [0, 5].map((low) => ({ low, high: low + 5, count: 0 }));
    expect(countsOf(spread, bins, new Set([one.key]))).toEqual([2, 1]);
    expect(countsOf(spread, bins, new Set([other.key]))).toEqual([2, 0]);
    expect(countsOf(spread, [], new Set([one.key]))).toEqual([]);
  });
  it("percentiles lie between the nearest values", () => {
    const sorted = Float64Array.of(1, 2, 3, 4);
    expect([percentile(sorted, 0), percentile(sorted, 50), percentile(sorted, 100)]).toEqual([1, 2.5, 4]);
  });
  it("every value is in one bin, on round steps", () => {
    const sorted = Float64Array.from({ length: 1000 }, (_, at) => at / 7).sort();
    for (const wanted of [0, 1, 10, 200]) {
      const bins = binValues(sorted, wanted);
      expect(bins.reduce((sum, one) => sum + one.count, 0)).toBe(1000);
      expect(bins.length).toBeLessThanOrEqual(260);
    }
    expect(binValues(Float64Array.of(5, 5), 0)).toEqual([{ low: 5, high: 5, count: 2 }]);
    expect(binValues(new Float64Array(0), 0)).toEqual([]);
  });
  it("tells outliers by the range between the quartiles", () => {
    const found = distribution(data([series({ a: "b" }, [1, 2, 2, 3, 3, 3, 4, 4, 100])]), histogram.defaults);
    expect(found.fences?.count).toBe(1);
  });
  it("buckets are counted each for itself; a quantile falls on the line within its bucket", () => {
    const cumulative = [series({ le: "1" }, [10]), series({ le: "2" }, [30]), series({ le: "+Inf" }, [30])];
    expect(bucketCounts(cumulative).map((one) => one.values[0])).toEqual([10, 20, 0]);
    const found = distribution(data(cumulative), { ...histogram.defaults, percentiles: [50] });
    expect(found.total).toBe(30);
    expect(found.percentiles[0]?.value).toBeCloseTo(1.25);
  });
  it("a count that fell below its neighbour's is nothing, not less", () => {
    expect(bucketCounts([series({ le: "1" }, [10]), series({ le: "2" }, [8])])[1]?.values[0]).toBe(0);
  });
});

describe("slices", () => {
  it("beyond the limit become one, and what is below zero is told apart", () => {
    const found = pieSlices(data([5, 4, 3, -2, 1].map((value, at) => series({ at: String(at) }, [value]))), {
      ...pie.defaults,
      limit: 3,
    });
    expect(found.slices.map((one) => one.value)).toEqual([5, 4, 4]);
    expect(found.slices.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1);
    expect(found.left).toBe(1);
  });
});

describe("pairs and trends", () => {
  it("are found by labels without the metric's name; a query's only series fits where it does not differ", () => {
    const all = [
      series({ __name__: "x", h: "1" }, [1]),
      series({ __name__: "x", h: "2" }, [1]),
      series({ __name__: "y", h: "2" }, [1], { ref: "B" }),
      series({}, [9], { ref: "C" }),
    ];
    expect(matchSeries(all, ["A", "B"]).map(([one]) => one?.labels["h"])).toEqual(["2"]);
    expect(matchSeries(all, ["A", "C"]).length).toBe(2);
  });
  it("the best line of points on a line is that line; of one point there is none", () => {
    expect(trendOf([[0, 1], [1, 3], [2, 5]])).toEqual({ slope: 2, start: 1, r2: 1 }); // prettier-ignore
    expect(trendOf([[1, 1]])).toBeNull();
  });
});

describe("flows", () => {
  it("leave out links that lead back, and keep the larger ones", () => {
    const links: [string, string, number][] = [["a", "b", 9], ["b", "c", 5], ["c", "a", 1], ["d", "d", 3]]; // prettier-ignore
    const graph = graphOf(
      data(links.map(([source, target, value]) => series({ source, target }, [value]))),
      "source",
      "target",
      "last",
    );
    const { graph: flow, left } = withoutCircles(graph);
    expect(left).toBe(2);
    expect(flow.links.map((one) => `${one.source}${one.target}`)).toEqual(["ab", "bc"]);
    expect(flow.nodes).not.toContain("d");
  });
});

describe("progress", () => {
  it("will be done when the line of the last values reaches the goal", () => {
    const values = Array.from({ length: 61 }, (_, at) => at);
    const times = Float64Array.from(values, (at) => at * 1000);
    const found = progressOf(
      times,
      Float64Array.from(values),
      { start_ms: 0, end_ms: 60_000 },
      { from: 0, goal: 100 },
      0.5,
    );
    expect(found.share).toBeCloseTo(0.6);
    expect(found.left_ms).toBeCloseTo(40_000);
  });
  it("that stands still or goes back has no end, and done is done", () => {
    const times = Float64Array.of(0, 1000, 2000);
    const of = (values: number[]) =>
      progressOf(times, Float64Array.from(values), { start_ms: 0, end_ms: 2000 }, { from: 0, goal: 10 }, 1);
    expect([of([5, 5, 5]).left_ms, of([5, 4, 3]).left_ms]).toEqual([null, null]);
    expect(of([8, 9, 10])).toMatchObject({ done: true, share: 1, left_ms: null });
  });
});

describe("things in space", () => {
  it("of a topology are the ends of its links, inside of the room, the same each time", () => {
    const frame = topology3d.sample();
    const made = { ...data([]), frame, window: { start_ms: 0, end_ms: Infinity } };
    const { space } = topologySpace(made, topology3d.defaults);
    expect(space.nodes.map((one) => one.name)).toContain("planner");
    expect(space.edges.length).toBe(11);
    for (const { x, y, z } of space.nodes)
      expect(Math.max(Math.abs(x), Math.abs(y), Math.abs(z))).toBeLessThanOrEqual(1);
    expect(topologySpace(made, topology3d.defaults).space).toEqual(space);
  });
  it("cubes are coloured by health and as large as their load", () => {
    const format = { ...DEFAULT_FORMAT, thresholds: [{ status: "crit" as const, value: 50, color: "", label: "" }] };
    const all = [
      series({ n: "1" }, [10], { format }),
      series({ n: "2" }, [90], { format }),
      series({ n: "1" }, [8], { ref: "B" }),
      series({ n: "2" }, [1], { ref: "B" }),
    ];
    const { nodes } = nodeSpace(data(all), nodes3d.defaults).space;
    expect(nodes.map((one) => one.color)).toEqual(["s1", "crit"]);
    expect(nodes[0]?.size).toBeGreaterThan(nodes[1]?.size ?? 1);
  });
  it("points need three queries, and lie between the ends of all", () => {
    expect(scatterSpace(data([series({ a: "b" }, [1, 2])]), scatter3d.defaults).space.nodes).toEqual([]);
    const all = ["A", "B", "C"].map((ref) => series({ a: "b" }, [1, 2, 3], { ref }));
    expect(scatterSpace(data(all), scatter3d.defaults).space.nodes.map((one) => one.x)).toEqual([-1, 0, 1]);
  });
});

describe("tiles", () => {
  it("fill rows where they can", () => {
    expect([tileColumns(1, 400, 100), tileColumns(4, 900, 150), tileColumns(3, 100, 300)]).toEqual([1, 4, 1]);
  });
});
