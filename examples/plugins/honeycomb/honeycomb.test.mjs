// Run with: node --test
import assert from "node:assert/strict";
import { test } from "node:test";

let definition;
globalThis.vedette = { define: (given) => (definition = given) };
const { cellsOf, colourOf, inkOn, layout, stepOf, transform, validate } = await import("./honeycomb.js");

const series = (name, value, more = {}) => ({ name, value, labels: {}, isPast: false, ...more });
const named = (cells) => cells.map((one) => one.series.name);
const OPTIONS = { value: "last", order: "name", colour: "scale", low: 0, high: 100, click: "links", label: "", hide: [] };
const context = (all, options = {}) => ({
  data: { series: all },
  options: { ...OPTIONS, ...options },
  reduce: ({ value }) => value,
  color: (token) => token,
  colorOf: ({ name }) => `of ${name}`,
});

test("it can be drawn", () => {
  assert.equal(typeof definition.draw, "function");
});

test("options that make no sense are told in words", () => {
  assert.deepEqual(validate(OPTIONS), []);
  assert.deepEqual(validate({ ...OPTIONS, low: 5, high: 5 }), ["Low must be less than high."]);
  assert.deepEqual(validate({ ...OPTIONS, click: "filter" }), ["Say which label a click filters by."]);
});

test("what is not wanted and what is past is left out", () => {
  const data = { version: 1, series: [series("a1"), series("b1"), series("a1", 0, { isPast: true })] };
  assert.deepEqual(transform(data, { hide: ["b", ""] }), { version: 1, series: [series("a1")] });
});

test("cells are in the order of names as people count, or of values", () => {
  const all = [series("n10", 1), series("n9", NaN), series("n1", 3)];
  assert.deepEqual(named(cellsOf(context(all))), ["n1", "n9", "n10"]);
  assert.deepEqual(named(cellsOf(context(all, { order: "value" }))), ["n1", "n10", "n9"]);
});

test("however many cells there are, all are within the box and none on another", () => {
  for (const [count, width, height] of [[1, 300, 200], [7, 300, 40], [12, 80, 400], [500, 600, 300]]) {
    const { radius, centres } = layout(count, width, height);
    assert.equal(centres.length, count);
    assert.ok(radius > 0);
    const half = (radius * Math.sqrt(3)) / 2;
    for (const { x, y } of centres) {
      assert.ok(x - half >= -0.01 && x + half <= width + 0.01, `${count}: x ${x}`);
      assert.ok(y - radius >= -0.01 && y + radius <= height + 0.01, `${count}: y ${y}`);
    }
    for (const [at, a] of centres.entries()) {
      for (const b of centres.slice(at + 1)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= 2 * half - 0.01);
    }
  }
  assert.deepEqual(layout(0, 300, 200).centres, []);
});

test("colours go from low to high and no further, or are those of the field", () => {
  assert.deepEqual([-5, 0, 50, 100, 500].map((value) => stepOf(value, 0, 100)), [0, 0, 4, 7, 7]);
  assert.equal(colourOf(context([]), { series: series("a"), value: 60 }), "q4");
  assert.equal(colourOf(context([]), { series: series("a"), value: NaN }), "sunken");
  assert.equal(colourOf(context([], { colour: "field" }), { series: series("a"), value: 60 }), "of a");
});

test("words can be read on any colour", () => {
  assert.deepEqual([inkOn("#eaf6fc"), inkOn("#281f67")], ["#000", "#fff"]);
});
