// Run with: node --test
import assert from "node:assert/strict";
import { test } from "node:test";

let definition;
globalThis.vedette = { define: (given) => (definition = given) };
const { barsOf } = await import("./widget.js");

const series = (name, value) => ({ name, value });
const context = (all, options) => ({ data: { series: all }, options, reduce: ({ value }) => value });

test("it can be drawn", () => {
  assert.equal(typeof definition.draw, "function");
});

test("the greatest values come first, and no more than are wanted", () => {
  const all = [series("a", 1), series("b", 3), series("c", NaN), series("d", 2)];
  const bars = barsOf(context(all, { value: "last", most: 2 }));
  assert.deepEqual(
    bars.map((one) => one.series.name),
    ["b", "d"],
  );
});
