import { describe, expect, it } from "vitest";
import { newVariable } from "../../src/dashboards/document";
import type { Variable } from "../../src/dashboards/document";
import { ALL, AUTO, chosen, filtered, offered, parseOption, sorted, valueOf } from "../../src/dashboards/data/options";

const variable = (change: Partial<Variable>): Variable => ({ ...newVariable("host"), ...change });
const options = (...values: string[]) => values.map((value) => ({ value, text: value }));

describe("what a variable offers", () => {
  it("keeps the part of each value that the expression names, once", () => {
    expect(filtered(["a-1", "a-2", "b-1", "c"], "(?<value>\\w)-")).toEqual(options("a", "b"));
    expect(filtered(["a-1", "b-2"], "/A-(\\d)/i")).toEqual(options("1"));
    expect(filtered(["a"], "(")).toEqual(options("a"));
  });

  it("sorts numbers within names as people do", () => {
    expect(sorted(options("h10", "h9", "H1"), "natural").map((one) => one.value)).toEqual(["H1", "h9", "h10"]);
    expect(sorted(options("10", "9", "0.5"), "number").map((one) => one.value)).toEqual(["0.5", "9", "10"]);
  });

  it("reads texts beside values, and addresses as values", () => {
    expect(parseOption("Europe : eu-1")).toEqual({ text: "Europe", value: "eu-1" });
    expect(parseOption("10.0.0.1:9090")).toEqual({ text: "10.0.0.1:9090", value: "10.0.0.1:9090" });
  });
});

describe("what is chosen", () => {
  const list = options("a", "b", "c");

  it("is the address' wish as far as it is offered, else the default, else the first", () => {
    expect(chosen(variable({}), ["b"], list, true).chosen).toEqual(["b"]);
    expect(chosen(variable({ default: ["c"] }), ["gone"], list, true).chosen).toEqual(["c"]);
    expect(chosen(variable({}), [], list, true).chosen).toEqual(["a"]);
    expect(chosen(variable({ multi: true }), ["b", "gone", "c"], list, true).chosen).toEqual(["b", "c"]);
  });

  it("takes the address at its word until it is known what is offered", () => {
    expect(chosen(variable({}), ["new"], [], false).chosen).toEqual(["new"]);
  });

  it("is everything only where that is allowed", () => {
    expect(chosen(variable({}), [ALL], list, true)).toEqual({ chosen: ["a"], all: false });
    expect(chosen(variable({ with_all: true }), [], list, true).all).toBe(true);
    const all = valueOf(variable({ with_all: true }), { chosen: [], all: true }, list, 1000);
    expect(all).toMatchObject({ values: ["a", "b", "c"], texts: ["All"], all: true });
  });

  it("is trusted outside of quotes only where the author wrote it", () => {
    const custom = variable({ kind: "custom", values: ["sum(up)"] });
    const trust = (value: string): boolean =>
      valueOf(custom, { chosen: [value], all: false }, offered(custom, []), 1000).trusted;
    expect([trust("sum(up)"), trust("sum(secret)")]).toEqual([true, false]);
    expect(valueOf(variable({ kind: "text" }), { chosen: ["x"], all: false }, [], 1000).trusted).toBe(false);
  });

  it("follows the step where an interval is automatic", () => {
    const interval = variable({ kind: "interval", values: [AUTO, "5m"] });
    const choice = chosen(interval, [], offered(interval, []), true);
    expect(valueOf(interval, choice, offered(interval, []), 30_000).values).toEqual(["30s"]);
  });

  it("is waited for while nothing is known of it", () => {
    const none = { chosen: [], all: false };
    expect(valueOf(variable({}), none, [], 1000, true).pending).toBe(true);
    expect(valueOf(variable({}), { chosen: ["a"], all: false }, [], 1000, true).pending).toBeUndefined();
  });
});
