import { describe, expect, it } from "vitest";
import { findGaps } from "../src/charts/gaps";
import { cellWidth, heatLevel, meanBetween } from "../src/charts/heat";
import { assignSlots, hash } from "../src/charts/palette";
import type { Geometry } from "../src/charts/paths";
import { runs, thin, trace } from "../src/charts/paths";
import { stackColumns } from "../src/charts/stack";
import { timeStep, timeTicks, valueBounds, valueLabels, valueTicks } from "../src/charts/ticks";
import type { MatrixView } from "../src/data/matrix";
import { nextHidden } from "../src/widgets/useLegend";

function view(times: number[], ...columns: number[][]): MatrixView {
  return {
    step_ms: 1000,
    times_ms: Float64Array.from(times),
    series: columns.map((values, at) => ({ key: String(at), labels: {}, values: Float64Array.from(values) })),
  };
}

function geometry(times: number[]): Geometry {
  const box = { left: 0, top: 0, width: 100, height: 100, low: 0, high: 10 };
  return { ...box, times_ms: Float64Array.from(times), step_ms: 1000, start_ms: 0, end_ms: 10_000 };
}
import { pinched } from "../src/charts/surface";
import { Pointed, aboutPointed, isAbout } from "../src/charts/pointed";

describe("colours", () => {
  it("stay with a series whatever its neighbours are", () => {
    const alone = assignSlots(["mode=5:user"])[0]?.category;
    expect(assignSlots(["mode=5:user", "mode=6:system"])[0]?.category).toBe(alone);
    expect(hash("mode=5:user")).toBe(hash("mode=5:user"));
  });
  it("differ among the first twelve of a chart", () => {
    const names = Array.from({ length: 12 }, (_, at) => `series ${at}`);
    expect(new Set(assignSlots(names).map((slot) => slot.category)).size).toBe(12);
  });
  it("are pinned where a chart says so, and repeat with a dash from the thirteenth on", () => {
    expect(assignSlots(["a", "b"], new Map([["b", 0]]))[1]?.category).toBe(0);
    const slots = assignSlots(Array.from({ length: 13 }, (_, at) => `s${at}`));
    expect([5, 6, 11, 12].map((at) => slots[at]?.dash)).toEqual([[], [6, 3], [6, 3], [2, 3]]);
  });
});

describe("gaps", () => {
  it("run from the last to the next sample where every series is missing", () => {
    expect(findGaps(view([1000, 2000, 6000, 7000], [1, 1, 1, 1]), 0, 7000)).toEqual([{ start_ms: 2000, end_ms: 6000 }]);
    expect(findGaps(view([1000, 2000, 3000], [1, NaN, 1], [NaN, 2, NaN]), 500, 3000)).toEqual([]);
  });
  it("include the time before the first sample, and after the last only when it is late", () => {
    expect(findGaps(view([5000, 6000], [1, 1]), 0, 7000)).toEqual([{ start_ms: 0, end_ms: 5000 }]);
    expect(findGaps(view([5000, 6000], [1, 1]), 5000, 12_000)).toEqual([{ start_ms: 6000, end_ms: 12_000 }]);
  });
});

describe("paths", () => {
  const times = [0, 1000, 2000, 3000, 7000, 8000];
  it("break at absent values and at missing steps", () => {
    expect(runs(Float64Array.from([1, 1, NaN, 1, 1, 1]), geometry(times), 0, 5)).toEqual([
      [0, 1],
      [3, 3],
      [4, 5],
    ]);
  });
  it("keep the lowest and highest of each pixel when there are many points", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => at);
    const values = Float64Array.from(many, (at) => (at === 5003 ? 99 : at === 5007 ? -99 : 1));
    const kept = thin(values, { ...geometry(many), end_ms: 10_000 }, 0, 9999);
    expect(kept.length).toBeLessThan(500);
    expect(kept).toContain(5003);
    expect(kept).toContain(5007);
  });
  it("close areas on the base line", () => {
    const drawn: string[] = [];
    const pen = (name: string) => ({
      moveTo: (x: number, y: number) => drawn.push(`${name}M${x},${y}`),
      lineTo: (x: number, y: number) => drawn.push(`${name}L${x},${y}`),
      bezierCurveTo: () => drawn.push(`${name}C`),
      closePath: () => drawn.push(`${name}Z`),
    });
    trace(Float64Array.from([10, 5]), geometry([0, 1000]), [0, 1], pen("s"), pen("f"), null);
    expect(drawn).toEqual(["sM0,0", "sL10,50", "fM0,0", "fL10,50", "fL10,100", "fL0,100", "fZ"]);
  });
});

describe("stacks", () => {
  it("add up, and are missing only where all are", () => {
    const edges = stackColumns([Float64Array.from([1, NaN, NaN]), Float64Array.from([2, 2, NaN])]);
    expect(edges.map((edge) => Array.from(edge))).toEqual([
      [1, 0, NaN],
      [3, 2, NaN],
    ]);
  });
});

describe("heat maps", () => {
  it("have cells of whole steps, at least six pixels wide", () => {
    expect(cellWidth(1000, 60_000, 400)).toBe(1000);
    expect(cellWidth(1000, 300_000, 400)).toBe(5000);
  });
  it("average a cell and leave an empty one missing", () => {
    const times = Float64Array.from([1000, 2000, 3000]);
    expect(meanBetween(times, Float64Array.from([2, 4, 100]), 1000, 3000)).toBe(3);
    expect(meanBetween(times, Float64Array.from([2, 4, 100]), 4000, 5000)).toBeNaN();
    expect([0, 1, 50, 100, 400].map((value) => heatLevel(value, 100))).toEqual([0, 0, 5, 7, 7]);
  });
});

describe("axes", () => {
  it("start at zero for areas, and for lines whose values are near it", () => {
    expect(valueBounds(40, 60, "number", 4, false)).toEqual({ low: 0, high: 60, step: 20 });
    expect(valueBounds(9990, 10_010, "number", 4, false).low).toBeGreaterThan(9000);
    expect(valueBounds(9990, 10_010, "number", 4, true).low).toBe(0);
    expect(valueBounds(0, 0, "number", 4, false)).toEqual({ low: 0, high: 1, step: 1 });
    expect(valueBounds(Infinity, -Infinity, "number", 4, false)).toEqual({ low: 0, high: 1, step: 1 });
  });
  it("have round ticks in powers of two for bytes", () => {
    const bounds = valueBounds(0, 30 * 2 ** 30, "bytes", 4, true);
    expect(valueLabels(valueTicks(bounds), "bytes")).toEqual(["0", "10\u2009GiB", "20\u2009GiB", "30\u2009GiB"]);
  });
  it("write as many decimals as the step needs", () => {
    expect(valueLabels([0, 0.5, 1], "number")).toEqual(["0", "0.5", "1"]);
    expect(valueLabels([0, 4000, 8000, 16_000], "number")).toEqual(["0", "4\u2009k", "8\u2009k", "16\u2009k"]);
  });
  it("tell ticks apart that differ in the fourth digit", () => {
    const ticks = [64.91, 64.93, 64.95].map((size) => size * 2 ** 30);
    expect(valueLabels(ticks, "bytes")).toEqual(["64.91\u2009GiB", "64.93\u2009GiB", "64.95\u2009GiB"]);
  });
  it("put time ticks on round moments", () => {
    const step = timeStep(60_000, 4);
    expect(step).toBe(15_000);
    expect(timeTicks(1_000, 61_000, step, "utc")).toEqual([15_000, 30_000, 45_000, 60_000]);
  });
});

describe("legend", () => {
  const all = ["a", "b", "c"];
  it("isolates with a click and shows all with a second one", () => {
    const alone = nextHidden(new Set(), "a", false, all);
    expect([...alone]).toEqual(["b", "c"]);
    expect(nextHidden(alone, "a", false, all).size).toBe(0);
  });
  it("shows and hides one with a mod-click, never all", () => {
    expect([...nextHidden(new Set(["b"]), "b", true, all)]).toEqual([]);
    expect(nextHidden(new Set(["a", "b"]), "c", true, all).size).toBe(0);
  });
});

describe("two fingers on a chart", () => {
  it("leave under them what was under them", () => {
    const [start, end] = pinched([40, 60], [20, 80], 100) ?? [];
    expect([start, end].map((one) => Math.round(one ?? NaN))).toEqual([33, 67]);
    const wide = pinched([20, 80], [40, 60], 100) ?? [];
    expect(wide.map(Math.round)).toEqual([-100, 200]);
    expect(pinched([60, 40], [80, 20], 100)?.map(Math.round)).toEqual([33, 67]);
  });

  it("mean nothing when they hardly move, meet, or pass each other", () => {
    expect(pinched([20, 80], [22, 84], 100)).toBeNull();
    expect(pinched([20, 80], [60, 40], 100)).toBeNull();
    expect(pinched([20, 24], [10, 90], 100)).toBeNull();
    expect(pinched([20, 80], [50, 50], 100)).toBeNull();
  });
});

describe("a series that is pointed at", () => {
  it("is about those that share a label with it and differ in none; the name of a metric is no label", () => {
    expect(isAbout({ host: "a", cpu: "0" }, { host: "a", job: "x" })).toBe(true);
    expect(isAbout({ host: "a", cpu: "0" }, { host: "a", cpu: "1" })).toBe(false);
    expect(isAbout({ __name__: "up" }, { __name__: "up" })).toBe(false);
  });

  it("lets those stand out elsewhere, unless that tells nothing apart", () => {
    const series = ["a", "b"].map((host) => ({ key: host, labels: { host, job: "x" } }));
    expect([...(aboutPointed({ host: "a" }, series) ?? [])]).toEqual(["a"]);
    expect(aboutPointed({ job: "x" }, series)).toBeNull();
    expect(aboutPointed({ host: "c" }, series)).toBeNull();
  });

  it("is let go only by the picture that pointed last", () => {
    const pointed = new Pointed();
    const [one, other] = [{}, {}];
    pointed.point(one, { host: "a" });
    pointed.point(other, { host: "b" });
    pointed.point(one, null);
    expect(pointed.read()?.labels).toEqual({ host: "b" });
    pointed.point(other, null);
    expect(pointed.read()).toBeNull();
  });
});
