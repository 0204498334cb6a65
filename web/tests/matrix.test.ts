import { describe, expect, it } from "vitest";
import { Matrix, lowerBound, nearestIndex, wireValue } from "../src/data/matrix";

const at = (matrix: Matrix, key: string): number[] =>
  Array.from(matrix.view().series.find((one) => one.key === key)?.values ?? []);

describe("Matrix", () => {
  it("keeps moments in order and what is absent as NaN", () => {
    const matrix = new Matrix(1000, 10);
    matrix.addSeries("a", {});
    matrix.addSeries("b", {});
    matrix.write([1000, 2000], new Map([["a", [1, 2]]]));
    matrix.write([3000], new Map([["b", [7]]]));
    expect(Array.from(matrix.view().times_ms)).toEqual([1000, 2000, 3000]);
    expect(at(matrix, "a")).toEqual([1, 2, NaN]);
    expect(at(matrix, "b")).toEqual([NaN, NaN, 7]);
  });

  it("replaces a known moment and ignores an unknown older one, so that a resume may overlap", () => {
    const matrix = new Matrix(1000, 10);
    matrix.addSeries("a", {});
    matrix.write([1000, 3000], new Map([["a", [1, 3]]]));
    matrix.write([2000, 3000, 4000], new Map([["a", [2, 30, 4]]]));
    expect(Array.from(matrix.view().times_ms)).toEqual([1000, 3000, 4000]);
    expect(at(matrix, "a")).toEqual([1, 30, 4]);
  });

  it("never grows beyond twice what it keeps, however long it runs", () => {
    const matrix = new Matrix(1000, 50);
    matrix.addSeries("a", {});
    for (let step = 0; step < 5000; step += 1) matrix.write([step * 1000], new Map([["a", [step]]]));
    const view = matrix.view();
    expect(view.times_ms.length).toBeLessThanOrEqual(100);
    expect(view.times_ms.buffer.byteLength).toBe(100 * 8);
    expect(view.times_ms.at(-1)).toBe(4_999_000);
    expect(at(matrix, "a").at(-1)).toBe(4999);
  });

  it("forgets series that left the window", () => {
    const matrix = new Matrix(1000, 4);
    for (let step = 0; step < 100; step += 1) {
      matrix.addSeries(`s${step}`, {});
      matrix.write([step * 1000], new Map([[`s${step}`, [1]]]));
    }
    expect(matrix.seriesCount).toBeLessThan(12);
  });

  it("gives a series that appears late an absent past", () => {
    const matrix = new Matrix(1000, 4);
    matrix.write([1000, 2000], new Map());
    matrix.addSeries("late", {});
    matrix.write([3000], new Map([["late", [5]]]));
    expect(at(matrix, "late")).toEqual([NaN, NaN, 5]);
  });
});

describe("search", () => {
  const times = Float64Array.from([10, 20, 40]);
  it("finds the first index at or after a time", () => {
    expect([5, 10, 11, 40, 41].map((time) => lowerBound(times, 3, time))).toEqual([0, 0, 1, 2, 3]);
  });
  it("finds the nearest index", () => {
    expect([0, 14, 16, 29, 31, 99].map((time) => nearestIndex(times, time))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(nearestIndex(new Float64Array(0), 1)).toBe(-1);
  });
});

describe("wire values", () => {
  it("reads null, NaN and infinities", () => {
    expect([1.5, null, "NaN", "+Inf", "-Inf"].map(wireValue)).toEqual([1.5, NaN, NaN, Infinity, -Infinity]);
  });
});
