import { describe, expect, it } from "vitest";
import type { Place } from "../../src/dashboards/document";
import type { Placed, Places } from "../../src/dashboards/layout";
import {
  freePlace,
  moveBy,
  neighbour,
  partsOf,
  placesFor,
  put,
  resizeBy,
  settled,
  step,
} from "../../src/dashboards/layout";
import { below, chance } from "./chance";

const one = (id: string, x: number, y: number, w: number, h: number, more: Partial<Placed> = {}): Placed => ({
  id,
  place: { x, y, w, h },
  locked: false,
  z: 0,
  ...more,
});
const at = (places: Places, id: string): number[] => {
  const { x, y, w, h } = places.get(id) ?? ({ x: -1, y: -1, w: 0, h: 0 } satisfies Place);
  return [x, y, w, h];
};
const covers = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function anyWidgets(random: () => number, locked: number): Placed[] {
  const raw = Array.from({ length: 2 + below(random, 12) }, (_, id) => {
    const w = 1 + below(random, 12);
    return one(`w${id}`, below(random, 13 - w), below(random, 20), w, 1 + below(random, 6), {
      locked: random() < locked,
    });
  });
  const places = settled(raw);
  return raw.map((widget) => ({ ...widget, place: places.get(widget.id) ?? widget.place }));
}

function expectSound(widgets: readonly Placed[], places: Places): void {
  expect([...places.keys()].sort()).toEqual(widgets.map(({ id }) => id).sort());
  const all = [...places.entries()];
  for (const [id, place] of all) {
    expect(place.x >= 0 && place.y >= 0 && place.x + place.w <= 12 && place.w > 0 && place.h > 0).toBe(true);
    for (const [other, there] of all) if (id < other) expect(covers(place, there), `${id} covers ${other}`).toBe(false);
  }
}

describe("gravity", () => {
  it("closes gaps, and leaves what is locked or above the others", () => {
    const places = settled([
      one("a", 0, 9, 6, 2),
      one("locked", 6, 5, 6, 2, { locked: true }),
      one("above", 2, 7, 3, 3, { z: 1 }),
    ]);
    expect(at(places, "a")).toEqual([0, 0, 6, 2]);
    expect(at(places, "locked")).toEqual([6, 5, 6, 2]);
    expect(at(places, "above")).toEqual([2, 7, 3, 3]);
  });
  it.each([1, 2, 3, 4, 5, 6])("holds after any move and size, and nothing covers anything (%i)", (seed) => {
    const random = chance(seed);
    for (let turn = 0; turn < 40; turn += 1) {
      const widgets = anyWidgets(random, 0);
      const ids = widgets.filter(() => random() < 0.4).map(({ id }) => id);
      const dx = below(random, 5) - 2;
      const dy = below(random, 5) - 2;
      const first = widgets[0];
      if (first === undefined) continue;
      const found = [
        moveBy(widgets, ids, dx, dy),
        step(widgets, ids, Math.sign(dx), 0),
        step(widgets, ids, 0, Math.sign(dy)),
        resizeBy(widgets, ids, dx, dy),
        put(widgets, first.id, {
          x: below(random, 14) - 1,
          y: below(random, 30) - 1,
          w: below(random, 14),
          h: below(random, 8),
        }),
      ];
      for (const places of found) expectSound(widgets, places);
      for (const places of found) {
        const now = widgets.map((widget) => ({ ...widget, place: places.get(widget.id) ?? widget.place }));
        expect(settled(now)).toEqual(places);
      }
    }
  });
});

describe("moving", () => {
  const column = [one("a", 0, 0, 12, 4), one("b", 0, 4, 12, 3), one("c", 0, 7, 12, 2)];
  it("one step down passes the whole widget below, one step up comes back", () => {
    const down = step(column, ["a"], 0, 1);
    expect([at(down, "b"), at(down, "a"), at(down, "c")]).toEqual([
      [0, 0, 12, 3],
      [0, 3, 12, 4],
      [0, 7, 12, 2],
    ]);
    const now = column.map((widget) => ({ ...widget, place: down.get(widget.id) ?? widget.place }));
    expect(step(now, ["a"], 0, -1)).toEqual(settled(column));
  });
  it("several keep their order, and stop together at the edge", () => {
    const row = [one("a", 0, 0, 3, 2), one("b", 3, 0, 3, 2)];
    const right = step(row, ["a", "b"], 1, 0);
    expect([at(right, "a"), at(right, "b")]).toEqual([
      [1, 0, 3, 2],
      [4, 0, 3, 2],
    ]);
    expect(step(row, ["a", "b"], -1, 0)).toEqual(settled(row));
  });
  it("leaves what is locked where it is", () => {
    const locked = [one("a", 0, 0, 6, 2, { locked: true }), one("b", 6, 0, 6, 2)];
    expect(step(locked, ["a"], 1, 0)).toEqual(settled(locked));
    expect(at(resizeBy(locked, ["a"], 1, 1), "a")).toEqual([0, 0, 6, 2]);
  });
  it("of one above the others is free", () => {
    const two = [one("a", 0, 0, 12, 4), one("b", 2, 1, 3, 2, { z: 2 })];
    expect(at(moveBy(two, ["b"], 1, 1), "b")).toEqual([3, 2, 3, 2]);
  });
  it("finds the highest place that is free", () => {
    expect(freePlace([one("a", 0, 0, 6, 4)], { w: 6, h: 4 })).toEqual({ x: 6, y: 0, w: 6, h: 4 });
    expect(freePlace([one("a", 0, 0, 8, 4)], { w: 6, h: 4 })).toEqual({ x: 0, y: 4, w: 6, h: 4 });
    expect(freePlace([], { w: 99, h: 1 })).toEqual({ x: 0, y: 0, w: 12, h: 1 });
  });
  it("of the focus goes to the nearest in that direction", () => {
    const grid = [one("a", 0, 0, 6, 4), one("b", 6, 0, 6, 4), one("c", 0, 4, 12, 4)];
    expect(neighbour(grid, "a", 1, 0)).toBe("b");
    expect(neighbour(grid, "a", 0, 1)).toBe("c");
    expect(neighbour(grid, "b", -1, 0)).toBe("a");
    expect(neighbour(grid, "a", -1, 0)).toBeNull();
  });
});

describe("narrower pages", () => {
  it("keep the order, and on a phone two narrow ones share a row", () => {
    const wide = [one("a", 0, 0, 2, 3), one("b", 2, 0, 2, 3), one("c", 4, 0, 8, 3), one("d", 0, 3, 12, 4)];
    const phone = placesFor(wide, 2);
    expect(["a", "b", "c", "d"].map((id) => at(phone, id))).toEqual([
      [0, 0, 1, 3],
      [1, 0, 1, 3],
      [0, 3, 2, 3],
      [0, 6, 2, 4],
    ]);
  });
  it.each([2, 4, 6, 10])("cover nothing with %i columns", (columns) => {
    const random = chance(columns);
    for (let turn = 0; turn < 30; turn += 1) {
      const widgets = anyWidgets(random, 0.2);
      const all = [...placesFor(widgets, columns).entries()];
      expect(all).toHaveLength(widgets.length);
      for (const [id, place] of all) {
        expect(place.x + place.w).toBeLessThanOrEqual(columns);
        for (const [other, there] of all) if (id < other) expect(covers(place, there)).toBe(false);
      }
    }
  });
});

describe("parts of a dashboard", () => {
  it("put tabs that follow each other into one strip", () => {
    const sections = [
      { id: "t1", kind: "tab" },
      { id: "t2", kind: "tab" },
      { id: "f", kind: "fold" },
      { id: "t3", kind: "tab" },
    ] as const;
    expect(
      partsOf(sections).map((part) => (part.kind === "tabs" ? part.sections.map(({ id }) => id) : part.key)),
    ).toEqual(["", ["t1", "t2"], "f", ["t3"]]);
  });
});
