import { describe, expect, it } from "vitest";
import { copiedText, copiesOf, pastedWidgets } from "../../src/dashboards/clipboard";
import { differences, isEmpty } from "../../src/dashboards/diff";
import type { Content } from "../../src/dashboards/document";
import { emptyDashboard, newQuery, newWidget } from "../../src/dashboards/document";
import { draftKey, dropDraft, findDraft, keepDraft } from "../../src/dashboards/save/drafts";

const content = (): Content => {
  const spec = emptyDashboard();
  spec.widgets = ["a", "b", "c"].map((id, at) => newWidget(id, "line", { x: 0, y: at * 4, w: 6, h: 4 }));
  return { name: "Board", spec };
};

describe("differences", () => {
  it("name what was added, removed, moved and changed", () => {
    const before = content();
    const after = content();
    after.name = "Other";
    after.spec.tags = ["x"];
    const [a, b] = after.spec.widgets;
    if (a === undefined || b === undefined) throw new Error("no widgets");
    after.spec.widgets = [
      { ...a, place: { ...a.place, x: 6 }, title: "CPU" },
      { ...b, queries: [newQuery("A", "up")] },
      newWidget("d", "stat", { x: 0, y: 0, w: 1, h: 1 }),
    ];
    const found = differences(before, after);
    expect(found.settings).toEqual(["name", "tags"]);
    expect(found.widgets.map(({ kind, id, fields }) => [kind, id, fields])).toEqual([
      ["moved", "a", ["6 \u00d7 4 \u00b7 col 1, row 1 to 6 \u00d7 4 \u00b7 col 7, row 1"]],
      ["changed", "a", ["title"]],
      ["changed", "b", ["queries"]],
      ["added", "d", []],
      ["removed", "c", []],
    ]);
  });
  it("of the same content are none", () => expect(isEmpty(differences(content(), content()))).toBe(true));
});

describe("the clipboard", () => {
  it("takes widgets to another dashboard with ids of their own, in their order to each other", () => {
    const { widgets } = content().spec;
    const pasted = pastedWidgets(copiedText(widgets));
    expect(pasted).toEqual(widgets);
    const copies = copiesOf(pasted ?? [], new Set(["a", "b", "c"]), "s", { x: 6, y: 10 });
    expect(copies.map(({ place, section }) => [section, place.x, place.y])).toEqual([
      ["s", 6, 10],
      ["s", 6, 14],
      ["s", 6, 18],
    ]);
    expect(new Set([...copies.map((one) => one.id), "a", "b", "c"]).size).toBe(6);
  });
  it.each([
    "",
    "{",
    "null",
    "3",
    '{"kind":"other","widgets":[]}',
    '{"kind":"vedette/widgets","widgets":3}',
    '{"panels":[]}',
  ])("holds no widgets in %j", (text) => expect(pastedWidgets(text)).toBeNull());
});

describe("a draft", () => {
  const memory = (): Storage => {
    const held = new Map<string, string>();
    return {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    } as unknown as Storage;
  };
  it("is found again by the same person on the same dashboard only", () => {
    const store = memory();
    const key = draftKey("p", "ana", "d");
    keepDraft(store, key, { base: 3, at_ms: 5, content: content() });
    expect(findDraft(store, key)).toEqual({ base: 3, at_ms: 5, content: content() });
    expect(findDraft(store, draftKey("p", "ben", "d"))).toBeNull();
    expect(findDraft(store, draftKey("p", "ana", "e"))).toBeNull();
    dropDraft(store, key);
    expect(findDraft(store, key)).toBeNull();
  });
  it("is none where the browser keeps nothing, or something else", () => {
    const broken = {
      getItem: () => "{",
      setItem: () => {
        throw new Error("full");
      },
      removeItem: () => undefined,
    };
    expect(keepDraft(broken, "k", { base: 1, at_ms: 1, content: content() })).toBe(false);
    expect(findDraft(broken, "k")).toBeNull();
    expect(findDraft({ ...broken, getItem: () => '{"base":"3"}' }, "k")).toBeNull();
  });
});
