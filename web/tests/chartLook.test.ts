import { describe, expect, it } from "vitest";
import { axisLabels, measureAxis } from "../src/charts/axis";
import { traceBars } from "../src/charts/bars";
import { drawCurve, monotoneSlopes } from "../src/charts/curve";
import type { AxisLook } from "../src/charts/look";
import { traceBand, zonesOf } from "../src/charts/overlay";
import type { Geometry } from "../src/charts/paths";
import { toY, trace } from "../src/charts/paths";
import { floorPlaces, pick, project, springPlaces, standingOut, startCamera, turn, zoomBy } from "../src/charts/space";
import type { Space } from "../src/charts/space";
import { fillMissing, shareColumns } from "../src/charts/stack";

const look = (more: Partial<AxisLook>): AxisLook => ({
  unit: "number",
  scale: "linear",
  min: null,
  max: null,
  decimals: null,
  ...more,
});
const geometry = (times: number[]): Geometry => ({ times_ms: Float64Array.from(times), step_ms: 1000, start_ms: 0, end_ms: 10_000, low: 0, high: 10, left: 0, top: 0, width: 100, height: 100 }); // prettier-ignore

describe("value axes", () => {
  it("logarithmic ones stand on decades and never on zero", () => {
    const axis = measureAxis([0, 850, 3], look({ scale: "log" }), 5, false);
    expect(axis.ticks).toEqual([1, 10, 100, 1000]);
    expect(axisLabels(axis)).toEqual(["1", "10", "100", "1000"]);
    expect(measureAxis([-5, 0, Infinity], look({ scale: "log" }), 5, false).low).toBeGreaterThan(0);
  });
  it("on both sides of zero have zero among their ticks", () => {
    expect(measureAxis([-90, 9000, 1], look({ scale: "symlog" }), 5, false).ticks).toContain(0);
  });
  it("end where the field says, and elsewhere on round steps", () => {
    const axis = measureAxis([12, 88, 12], look({ min: 10, max: 95 }), 4, false);
    expect([axis.low, axis.high]).toEqual([10, 95]);
    expect(axis.ticks.every((tick) => tick >= 10 && tick <= 95)).toBe(true);
    expect(measureAxis([NaN, NaN, NaN], look({ min: 5, max: 5 }), 4, true).high).toBeGreaterThan(0);
  });
  it("values without a logarithm lie below the plot, not nowhere", () => {
    const warped = { ...geometry([0]), low: 1, high: 100, warp: Math.log10 };
    expect(toY(warped, 10)).toBeCloseTo(50);
    expect([toY(warped, 0), toY(warped, -4)]).toEqual([102, 102]);
  });
});

describe("missing values", () => {
  it("are connected on the straight line between neighbours, and never before the first or after the last", () => {
    expect([...fillMissing(Float64Array.of(NaN, 1, NaN, NaN, 4, NaN), "connect")]).toEqual([NaN, 1, 2, 3, 4, NaN]);
    expect([...fillMissing(Float64Array.of(1, NaN), "zero")]).toEqual([1, 0]);
  });
});

describe("shares", () => {
  it("add up to a hundred; of nothing there are none", () => {
    const [a, b] = shareColumns([Float64Array.of(1, 0, 2), Float64Array.of(3, 0, NaN)]);
    expect([a?.[0], b?.[0], a?.[1], a?.[2], b?.[2]]).toEqual([25, 75, NaN, 100, NaN]);
  });
});

describe("smooth lines", () => {
  it("do not go beyond the values: they are level at each turn", () => {
    const slopes = monotoneSlopes([0, 1, 2, 3], [0, 5, 5, 1]);
    expect(slopes[1]).toBe(0);
    expect(slopes[2]).toBe(0);
  });
  it("steps hold a value until the next, forwards and backwards alike", () => {
    const draw = (back: boolean): string[] => {
      const said: string[] = [];
      const pen = { moveTo: (x: number, y: number) => said.push(`${x},${y}`), lineTo: (x: number, y: number) => said.push(`${x},${y}`), bezierCurveTo: () => said.push("?"), closePath: () => said.push("Z") }; // prettier-ignore
      drawCurve(pen, [0, 1, 2], [5, 6, 7], "step", { join: false, back });
      return said;
    };
    expect(draw(false)).toEqual(["0,5", "1,5", "1,6", "2,6", "2,7"]);
    expect(draw(true)).toEqual(draw(false).reverse());
  });
});

describe("areas, bands and bars", () => {
  const recorder = () => {
    const said: string[] = [];
    const round = (...all: number[]): string => all.map((one) => Math.round(one)).join(",");
    const add = (name: string) => (...all: number[]) => void said.push(name + round(...all)); // prettier-ignore
    return { said, moveTo: add("M"), lineTo: add("L"), bezierCurveTo: add("C"), closePath: add("Z"), rect: add("R") };
  };
  it("a gap in the moments breaks a line, unless missing values are connected", () => {
    const moves = (bridge: boolean): number => {
      const line = recorder();
      trace(Float64Array.of(1, 2, 3), geometry([0, 1000, 9000]), [0, 2], line, null, null, { curve: "linear", bridge });
      return line.said.filter((one) => one.startsWith("M")).length;
    };
    expect([moves(false), moves(true)]).toEqual([2, 1]);
  });
  it("an envelope is closed from its greatest to its least values", () => {
    const pen = recorder();
    traceBand(Float64Array.of(1, 2), Float64Array.of(3, 4), geometry([0, 1000]), [0, 1], pen);
    expect(pen.said).toEqual(["M0,70", "L10,60", "L10,80", "L0,90", "Z"]);
  });
  it("bars start at zero and stand side by side within their step", () => {
    const boxes = [0, 1].map((at) => {
      const pen = recorder();
      traceBars(pen, Float64Array.of(5, 10), null, geometry([0, 1000]), { at, count: 2 }, 1);
      return pen.said;
    });
    expect(boxes[0]?.[0]).toMatch(/,50,\d+,50$/);
    expect(boxes[0]?.length).toBe(2);
    expect(Number(boxes[1]?.[0]?.slice(1).split(",")[0])).toBeGreaterThan(
      Number(boxes[0]?.[0]?.slice(1).split(",")[0]),
    );
  });
  it("zones reach from a threshold to the next, whatever order they are in", () => {
    const zones = zonesOf([{ value: 10, color: "crit", label: "" }, { value: null, color: "ok", label: "" }]); // prettier-ignore
    expect(zones).toEqual([{ from: -Infinity, to: 10, color: "ok" }, { from: 10, to: Infinity, color: "crit" }]); // prettier-ignore
  });
});

describe("space", () => {
  const node = (key: string, x: number, z: number) => ({
    key,
    name: key,
    x,
    y: 0,
    z,
    size: 0.1,
    color: "s1",
    text: "",
    of: [key, "both"],
  });
  const space: Space = { shape: "cube", nodes: [node("far", 0, -0.5), node("near", 0, 0.5)], edges: [], axes: null };
  it("the middle is in the middle, whatever way one looks", () => {
    for (const camera of [startCamera(space), turn(startCamera(space), 2, 9), zoomBy(startCamera(space), 3)]) {
      const seen = project(camera, 400, 300, 0, 0, 0);
      expect([seen.x, seen.y]).toEqual([200, 150]);
    }
  });
  it("of things behind each other the nearer is chosen, beside them none", () => {
    const camera = { yaw: 0, pitch: 0, zoom: 1 };
    expect(pick(space, camera, 400, 300, 200, 150)).toBe(1);
    expect(pick(space, camera, 400, 300, 20, 20)).toBe(-1);
  });
  it("what is not of the series that is pointed at is dimmed", () => {
    const linked = { ...space, edges: [{ from: 0, to: 1, color: "s1", weight: 1, of: "link" }] };
    const dims = (...keys: string[]) => {
      const { nodes, edges } = standingOut(linked, new Set(keys));
      return [...nodes, ...edges].map((one) => one.dim === true);
    };
    expect(standingOut(linked, null)).toBe(linked);
    expect(dims("near")).toEqual([true, false, true]);
    expect(dims("link")).toEqual([true, true, false]);
    expect(dims("both")).toEqual([false, false, true]);
  });
  it("zoom and tilt have ends", () => {
    expect(zoomBy(startCamera(space), 1000).zoom).toBe(6);
    expect(Math.abs(turn(startCamera(space), 0, 100).pitch)).toBeLessThan(Math.PI / 2);
  });
  it("no two cubes share a place, and linked things are nearer than others", () => {
    const places = floorPlaces([0, 1, 0, 1, 0, 2]);
    expect(new Set(places.map((one) => one.join())).size).toBe(6);
    const at = springPlaces(6, [[0, 1], [2, 3], [4, 5]]); // prettier-ignore
    const far = (a: number, b: number): number =>
      Math.hypot(...[0, 1, 2].map((axis) => (at[a]?.[axis] ?? 0) - (at[b]?.[axis] ?? 0)));
    expect(far(0, 1)).toBeLessThan(far(0, 3));
    expect(springPlaces(1, []).flat()).toEqual([0, 0, 0]);
  });
});
