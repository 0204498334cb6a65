import { describe, expect, it } from "vitest";
import type { Answered } from "../../src/dashboards/data/evaluate";
import { evaluate } from "../../src/dashboards/data/evaluate";
import { FormulaError, parseFormula } from "../../src/dashboards/data/formula";
import { made } from "./made";

function answered(series: Record<string, number[]>, step_ms = 1000, times?: number[]): Answered {
  const length = Object.values(series)[0]?.length ?? 0;
  return {
    times: Float64Array.from(times ?? Array.from({ length }, (_, at) => at * step_ms)),
    step_ms,
    series: Object.entries(series).map(([host, values]) => ({
      labels: host === "" ? {} : { __name__: "x", host },
      values: Float64Array.from(values),
    })),
  };
}

function run(text: string, answers: Record<string, Answered> = {}) {
  const { series, notes, times } = evaluate(parseFormula(text), new Map(Object.entries(answers)));
  return { values: series.map((one) => Array.from(one.values)), labels: series.map((one) => one.labels), notes, times };
}

const one = answered({ "": [1] });
const number = (text: string): number | undefined => run(text, { A: one }).values[0]?.[0];

describe("formulas", () => {
  it("bind as arithmetic does", () => {
    for (const [text, value] of [
      ["1 + 2 * 3", 7],
      ["(1 + 2) * 3", 9],
      ["-2 ^ 2", -4],
      ["2 ^ 3 ^ 2", 512],
      ["2 ^ -1", 0.5],
      ["10 - 2 - 3", 5],
      ["7 % 4", 3],
      ["1e3 / .5", 2000],
      ["round(2.4) + abs(-1)", 3],
    ] as const) {
      expect(number(text), text).toBe(value);
    }
  });

  it("means what it is printed as: made-up trees agree with JavaScript", () => {
    const texts = made(300, (random) => {
      const write = (depth: number): string => {
        if (depth === 0 || random.below(4) === 0) return String(1 + random.below(9));
        return `(${write(depth - 1)} ${random.pick(["+", "-", "*", "/"])} ${write(depth - 1)})`;
      };
      return write(4);
    });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the oracle; texts are made above
    for (const text of texts) expect(number(text), text).toBe(new Function(`return ${text}`)() as number);
  });

  it("pairs series by their labels and says what has no partner", () => {
    const A = answered({ a: [10, 20], b: [1, 2], c: [5, 5] });
    const B = answered({ b: [2, 4], a: [100, 100] });
    const { values, labels, notes } = run("$A / $B * 100", { A, B });
    expect(values).toEqual([
      [10, 20],
      [50, 50],
    ]);
    expect(labels).toEqual([{ host: "a" }, { host: "b" }]);
    expect(notes).toEqual(['1 series without a partner on the other side of "/" are left out.']);
  });

  it("uses a single series for all others", () => {
    const { values } = run("$A / $B", { A: answered({ a: [2], b: [4] }), B: answered({ "": [2] }) });
    expect(values).toEqual([[1], [2]]);
  });

  it("holds the values of a coarser step until its next", () => {
    const A = answered({ a: [1, 2, 3, 4] });
    const B = answered({ a: [10, 20] }, 2000);
    expect(run("$A + $B", { A, B }).values).toEqual([[11, 12, 23, 24]]);
  });

  it("leaves a gap where one side has none", () => {
    const { values } = run("$A + $B", { A: answered({ a: [1, NaN] }), B: answered({ a: [1, 1] }) });
    expect(values).toEqual([[2, NaN]]);
  });

  it("reduces over series at each moment", () => {
    const A = answered({ a: [1, 5, NaN], b: [3, 1, NaN] });
    expect(run("sum($A)", { A }).values).toEqual([[4, 6, NaN]]);
    expect(run("max($A, 4)", { A }).values).toEqual([[4, 5, 4]]);
    expect(run("count($A)", { A }).values).toEqual([[2, 2, NaN]]);
  });

  it("says what is wrong and where", () => {
    for (const [text, from] of [
      ["$A +", 4],
      ["$A $B", 3],
      ["1 + ?", 4],
      ["nope($A)", 0],
      ["(1", 2],
      ["$Q", 0],
    ] as const) {
      const failed = (): unknown => run(text, { A: one });
      expect(failed, text).toThrow(FormulaError);
      try {
        failed();
      } catch (error) {
        expect((error as FormulaError).from, text).toBe(from);
      }
    }
  });

  it("refuses what is nested without end instead of running out of stack", () => {
    expect(() => parseFormula("(".repeat(10_000))).toThrow(FormulaError);
    expect(() => parseFormula("-".repeat(10_000))).toThrow(FormulaError);
  });
});
