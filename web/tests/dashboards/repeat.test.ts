import { describe, expect, it } from "vitest";
import type { Scope, VariableValue } from "../../src/dashboards/data/scope";
import type { Place, Repeat, Widget } from "../../src/dashboards/document";
import { newSection, newWidget } from "../../src/dashboards/document";
import {
  MOST_COPIES,
  copyCount,
  copyPlaces,
  eachOf,
  editedSections,
  findShown,
  firstBound,
  inSection,
  originOf,
  repeatSections,
  repeatWidgets,
} from "../../src/dashboards/repeat";
import { made } from "./made";

const value = (values: readonly string[], more: Partial<VariableValue> = {}): VariableValue => ({
  values,
  texts: values,
  all: false,
  allValue: "",
  trusted: false,
  ...more,
});
const scope = (values: Record<string, readonly string[]>): Scope =>
  new Map(Object.entries(values).map(([name, list]) => [name, value(list)]));
const repeat = (variable: string, more: Partial<Repeat> = {}): Repeat => ({
  variable,
  direction: "across",
  per_row: 4,
  ...more,
});
const widget = (id: string, place: Place, more: Partial<Widget> = {}): Widget => ({
  ...newWidget(id, "line", place),
  ...more,
});
const at = ({ x, y, w, h }: Place): number[] => [x, y, w, h];
const covers = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe("values of a repeat", () => {
  it("are the chosen ones with their texts, and all that is offered when everything is chosen", () => {
    const all = value(["a", "b"], { texts: ["All"], allTexts: ["Host A", "Host B"], all: true, allValue: ".*" });
    expect(eachOf(all).map((one) => [one.values, one.texts, one.all, one.allValue])).toEqual([
      [["a"], ["Host A"], false, ""],
      [["b"], ["Host B"], false, ""],
    ]);
    expect(eachOf(value(["c"], { texts: ["C"] })).map((one) => one.texts)).toEqual([["C"]]);
  });

  it("are none for a variable that is not there, not known yet or empty, and bounded", () => {
    expect(eachOf(undefined)).toEqual([]);
    expect(eachOf(value(["a"], { pending: true }))).toEqual([]);
    expect(eachOf(value([]))).toEqual([]);
    const many = Array.from({ length: MOST_COPIES + 50 }, (_, count) => String(count));
    expect(eachOf(value(many))).toHaveLength(MOST_COPIES);
    expect(copyCount(null, new Map())).toBe(0);
  });
});

describe("places of copies", () => {
  it("share the width in rows, as many as fit", () => {
    const place = { x: 3, y: 2, w: 9, h: 5 };
    expect(copyPlaces(place, repeat("v"), 2).map(at)).toEqual([
      [0, 2, 6, 5],
      [6, 2, 6, 5],
    ]);
    expect(copyPlaces(place, repeat("v", { per_row: 3 }), 5).map(at)).toEqual([
      [0, 2, 4, 5],
      [4, 2, 4, 5],
      [8, 2, 4, 5],
      [0, 7, 4, 5],
      [4, 7, 4, 5],
    ]);
  });

  it("keep their column and width when they go down", () => {
    const down = repeat("v", { direction: "down" });
    expect(copyPlaces({ x: 3, y: 2, w: 5, h: 4 }, down, 3).map(at)).toEqual([
      [3, 2, 5, 4],
      [3, 6, 5, 4],
      [3, 10, 5, 4],
    ]);
  });
});

describe("repeated widgets", () => {
  it("leave everything as it is where nothing is repeated", () => {
    const widgets = [widget("a", { x: 0, y: 0, w: 6, h: 4 }), widget("b", { x: 6, y: 0, w: 6, h: 4 })];
    expect(repeatWidgets(widgets, new Map()).map((one) => one.widget)).toEqual(widgets);
    const waiting = [widget("a", { x: 0, y: 0, w: 6, h: 4 }, { repeat: repeat("v") })];
    expect(repeatWidgets(waiting, scope({ v: [] })).map((one) => one.widget.id)).toEqual(["a"]);
  });

  it("push what is below them and bind the variable", () => {
    const widgets = [
      widget("a", { x: 0, y: 0, w: 12, h: 4 }, { repeat: repeat("host", { per_row: 2 }) }),
      widget("b", { x: 0, y: 4, w: 12, h: 3 }),
    ];
    const copies = repeatWidgets(widgets, scope({ host: ["x", "y", "z"] }));
    expect(copies.map((one) => [one.widget.id, ...at(one.widget.place)])).toEqual([
      ["a=x", 0, 0, 6, 4],
      ["a=y", 6, 0, 6, 4],
      ["a=z", 0, 4, 6, 4],
      ["b", 0, 8, 12, 3],
    ]);
    expect(copies.map((one) => one.bound?.get("host")?.values ?? null)).toEqual([["x"], ["y"], ["z"], null]);
    expect(copies.map((one) => originOf(one.widget.id))).toEqual(["a", "a", "a", "b"]);
  });

  it("never cover each other and lose nothing, whatever the layout", () => {
    for (const widgets of made(60, ({ below, pick }) =>
      Array.from({ length: 1 + below(7) }, (_, id) => {
        const w = 1 + below(12);
        const place = { x: below(13 - w), y: below(12), w, h: 1 + below(5) };
        const direction = pick(["across", "down"] as const);
        const own = below(2) === 0 ? repeat("v", { direction, per_row: 1 + below(12) }) : null;
        return widget(`w${id}`, place, { repeat: own });
      }),
    )) {
      const values = ["a", "b", "c", "d", "e"];
      const copies = repeatWidgets(widgets, scope({ v: values }));
      const repeated = widgets.filter((one) => one.repeat !== null).length;
      if (repeated === 0) continue; // stays as it is, which is told above
      expect(copies).toHaveLength(widgets.length - repeated + repeated * values.length);
      expect(new Set(copies.map((one) => one.widget.id)).size).toBe(copies.length);
      copies.forEach(({ widget: one }, index) => {
        expect(one.place.x >= 0 && one.place.x + one.place.w <= 12 && one.place.y >= 0).toBe(true);
        for (const { widget: other } of copies.slice(index + 1)) {
          expect(covers(one.place, other.place), `${one.id} ${other.id}`).toBe(false);
        }
      });
    }
  });
});

describe("repeated sections", () => {
  const section = { ...newSection("s", "Host $host", "fold"), repeat: repeat("host") };
  const inner = widget("w", { x: 0, y: 0, w: 6, h: 4 }, { section: "s", repeat: repeat("disk") });
  const known = scope({ host: ["a", "$disk"], disk: ["sda", "sdb"] });

  it("have a title of their own, in which a value is never read as a variable", () => {
    expect(repeatSections([section], known).map((one) => [one.id, one.title])).toEqual([
      ["s=a", "Host a"],
      ["s=$disk", "Host $disk"],
    ]);
    expect(editedSections([section], known).map((one) => [one.id, one.title])).toEqual([["s", "Host a"]]);
  });

  it("hold copies of their widgets, repeated within each", () => {
    const ids = repeatSections([section], known).flatMap((copy) =>
      repeatWidgets(inSection([inner], copy), known).map((one) => one.widget.id),
    );
    expect(ids).toEqual(["w=a=sda", "w=a=sdb", "w=$disk=sda", "w=$disk=sdb"]);
  });

  it("can be found one by one", () => {
    const found = findShown({ sections: [section], widgets: [inner] }, known, "w=a=sdb");
    expect(found?.widget.id).toBe("w=a=sdb");
    expect(found?.bound?.get("host")?.values).toEqual(["a"]);
    expect(found?.bound?.get("disk")?.values).toEqual(["sdb"]);
    expect(findShown({ sections: [section], widgets: [inner] }, known, "w=gone=sdb")).toBeNull();
    expect(findShown({ sections: [section], widgets: [inner] }, known, "other")).toBeNull();
    const edited = findShown({ sections: [section], widgets: [inner] }, known, "w");
    expect([...(edited?.bound ?? [])].map(([name, one]) => [name, one.values])).toEqual([
      ["host", ["a"]],
      ["disk", ["sda"]],
    ]);
  });

  it("are edited as the first of their values", () => {
    expect(firstBound(section.repeat, known)?.get("host")?.values).toEqual(["a"]);
    expect(firstBound(null, known)).toBeNull();
    expect(firstBound(repeat("gone"), known)).toBeNull();
  });
});
