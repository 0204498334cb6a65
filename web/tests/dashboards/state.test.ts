import { describe, expect, it } from "vitest";
import type { Content } from "../../src/dashboards/document";
import {
  emptyDashboard,
  newQuery,
  newSection,
  newWidget,
  readDashboard,
  writeDashboard,
} from "../../src/dashboards/document";
import { gridOf, placesFor, bySection } from "../../src/dashboards/layout";
import type { DashboardState } from "../../src/dashboards/state";
import { dashboard, initialState, isChanged } from "../../src/dashboards/state";
import { below, chance } from "./chance";

const { actions, reducer } = dashboard;
type Action = Parameters<typeof reducer>[1];

const content = (): Content => {
  const spec = emptyDashboard();
  spec.sections = [newSection("s1", "One", "fold"), newSection("s2", "Two", "tab")];
  spec.widgets = [0, 1, 2, 3].map((at) => ({
    ...newWidget(`w${at}`, "line", { x: (at % 2) * 6, y: at < 2 ? 0 : 4, w: 6, h: 4 }),
    section: at === 3 ? "s1" : "",
  }));
  return { name: "Board", spec };
};
const start = (): DashboardState => initialState(null, content(), "edit");
const run = (state: DashboardState, ...done: Action[]): DashboardState => done.reduce(reducer, state);

/** Any change there is, with whatever is there now. */
function anyEdit(state: DashboardState, random: () => number): Action {
  const { widgets, sections } = state.draft.spec;
  const some = widgets.filter(() => random() < 0.4).map((one) => one.id);
  const section = sections[below(random, sections.length)]?.id ?? "";
  const fresh = `n${Math.floor(random() * 1e9)}`;
  const place = { x: below(random, 6), y: below(random, 12), w: 1 + below(random, 6), h: 1 + below(random, 6) };
  const choices: Action[] = [
    actions.widgetsAdded({ widgets: [newWidget(fresh, "line", place)] }),
    actions.widgetsRemoved({ ids: some }),
    actions.widgetsPlaced({ places: Object.fromEntries(some.map((id) => [id, place])) }),
    actions.widgetsChanged({ ids: some, change: { title: fresh, queries: [newQuery("A", fresh)] } }),
    actions.widgetsChanged({ ids: some, change: { locked: random() < 0.5 } }),
    actions.widgetsOrdered({ ids: some, direction: random() < 0.5 ? 1 : -1 }),
    actions.widgetsSectioned({ ids: some, section }),
    actions.widgetsSectioned({ ids: some, section, corner: { x: below(random, 6), y: below(random, 12) } }),
    actions.sectionAdded(newSection(fresh, "New", random() < 0.5 ? "fold" : "tab")),
    actions.sectionChanged({ id: section, change: { title: fresh } }),
    actions.sectionRemoved({ id: section, withWidgets: random() < 0.5 }),
    actions.sectionMoved({ id: section, by: random() < 0.5 ? 1 : -1 }),
    actions.sectionPlaced({ id: section, before: sections[below(random, sections.length + 1)]?.id ?? null }),
    actions.settingsChanged({ change: { name: fresh, tags: [fresh] } }),
    actions.replaced({ content: content(), label: "Restore" }),
  ];
  return choices[below(random, choices.length)] ?? actions.undone();
}

describe("undo", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "takes back any sequence of changes step by step, and redo does it again (%i)",
    (seed) => {
      const random = chance(seed);
      let state = start();
      const seen = [state.draft];
      for (let turn = 0; turn < 60; turn += 1) {
        const next = run(state, anyEdit(state, random));
        if (next.draft !== state.draft) seen.push(next.draft);
        state = next;
      }
      expect(state.past).toHaveLength(seen.length - 1);
      for (const before of seen.slice(0, -1).reverse()) {
        state = run(state, actions.undone());
        expect(state.draft).toBe(before);
      }
      expect(run(state, actions.undone()).draft).toBe(seen[0]);
      for (const after of seen.slice(1)) {
        state = run(state, actions.redone());
        expect(state.draft).toBe(after);
      }
      expect(run(state, actions.redone())).toBe(state);
    },
  );
  it("of one step is nothing done, whatever came before", () => {
    const random = chance(99);
    let state = start();
    for (let turn = 0; turn < 80; turn += 1) {
      const after = run(state, anyEdit(state, random));
      if (after.draft !== state.draft) expect(run(after, actions.undone()).draft).toBe(state.draft);
      state = after;
    }
  });
  it("forgets what was taken back once something else is done", () => {
    const done = run(
      start(),
      actions.settingsChanged({ change: { name: "A" } }),
      actions.undone(),
      actions.settingsChanged({ change: { name: "B" } }),
    );
    expect(done.future).toHaveLength(0);
    expect(run(done, actions.redone()).draft.name).toBe("B");
  });
  it("takes a word that was typed, or a drag, as one step; another field, or a pause, begins a new one", () => {
    const typed = (title: string, group: string, at_ms: number): Action => {
      const action = actions.widgetsChanged({ ids: ["w0"], change: { title }, group });
      return { ...action, meta: { ...action.meta, at_ms } };
    };
    const state = run(start(), typed("C", "title", 0), typed("CP", "title", 200), typed("CPU", "title", 900));
    expect(state.past).toHaveLength(1);
    expect(run(state, actions.undone()).draft.spec.widgets[0]?.title).toBe("");
    expect(run(state, typed("CPU 1", "title", 9000)).past).toHaveLength(2);
    expect(run(state, typed("x", "description", 1000)).past).toHaveLength(2);
  });
  it("keeps a bounded number of steps", () => {
    let state = start();
    for (let turn = 0; turn < 300; turn += 1)
      state = run(state, actions.settingsChanged({ change: { name: `${turn}` } }));
    expect(state.past).toHaveLength(200);
  });
});

describe("the draft", () => {
  it("shares with what is saved whatever was not changed", () => {
    const before = start();
    const after = run(before, actions.widgetsChanged({ ids: ["w0"], change: { title: "x" } }));
    expect(after.draft.spec.widgets[1]).toBe(before.draft.spec.widgets[1]);
    expect(after.saved).toBe(before.saved);
  });
  it("is unchanged again when everything was taken back by hand", () => {
    const name = (to: string): Action => actions.settingsChanged({ change: { name: to } });
    const away = run(start(), name("x"));
    expect(isChanged(away)).toBe(true);
    expect(isChanged(run(away, name("Board")))).toBe(false);
  });
  it("keeps what was changed while it was being saved", () => {
    const sent = run(start(), actions.settingsChanged({ change: { name: "sent" } }));
    const later = run(sent, actions.settingsChanged({ change: { name: "later" } }));
    const kept = { id: "d", version: 2, updated_ms: 1, updated_by: "a" };
    const saved = run(later, actions.saved({ kept, content: sent.draft }));
    expect(saved.draft.name).toBe("later");
    expect(isChanged(saved)).toBe(true);
    expect(isChanged(run(saved, actions.undone()))).toBe(false);
  });
  it("is dropped with the way back to it", () => {
    const state = run(start(), actions.widgetsRemoved({ ids: ["w0"] }), actions.discarded());
    expect(state.draft).toBe(state.saved);
    expect(state.past).toHaveLength(0);
  });
  it("loses the selection of what is gone", () => {
    const state = run(start(), actions.selected(["w0", "w1", "nobody"]), actions.widgetsRemoved({ ids: ["w0"] }));
    expect(state.selection).toEqual(["w1"]);
  });
});

describe("sections", () => {
  it("leave their widgets to the part above, below what is there, when only they are removed", () => {
    const state = run(start(), actions.sectionRemoved({ id: "s1", withWidgets: false }));
    const moved = state.draft.spec.widgets.find((one) => one.id === "w3");
    expect(moved?.section).toBe("");
    expect(moved?.place.y).toBeGreaterThanOrEqual(4);
  });
  it("of widgets in one that is gone are the loose part", () => {
    const spec = content().spec;
    const widgets = [{ ...newWidget("x", "line", { x: 0, y: 0, w: 1, h: 1 }), section: "gone" }];
    expect(
      bySection(widgets, spec.sections)
        .get("")
        ?.map((one) => one.id),
    ).toEqual(["x"]);
  });
});

describe("the document", () => {
  it("comes back as it was written", () => {
    const { spec } = content();
    spec.widgets = spec.widgets.map((one) => ({ ...one, queries: [newQuery("A", "up")], z: 3, locked: true }));
    expect(readDashboard(JSON.parse(JSON.stringify(writeDashboard(spec))))).toEqual(spec);
  });
  it("says nothing about what is at its default", () => {
    const spec = emptyDashboard();
    spec.widgets = [newWidget("w", "stat", { x: 0, y: 0, w: 2, h: 3 })];
    expect(writeDashboard(spec)).toEqual({
      schema: 1,
      widgets: [{ id: "w", kind: "stat", place: { x: 0, y: 0, w: 2, h: 3 } }],
    });
  });
  it.each([
    null,
    7,
    "x",
    [],
    { widgets: 3 },
    { widgets: [null, 4, { place: { x: -5, w: 99, h: NaN } }] },
    { time: "now" },
  ])("is readable whatever it holds: %j", (spec) => {
    const read = readDashboard(spec);
    for (const { place } of read.widgets) {
      expect(place.x + place.w).toBeLessThanOrEqual(12);
      expect(place.h).toBeGreaterThan(0);
    }
    for (const columns of [2, 4, 6, 10, 12]) expect(placesFor(read.widgets, columns).size).toBe(read.widgets.length);
  });
  it("has every widget once", () => {
    const twice = { id: "a", kind: "line", place: { x: 0, y: 0, w: 1, h: 1 } };
    expect(readDashboard({ widgets: [twice, twice, twice] }).widgets.map((one) => one.id)).toEqual(["a", "a-2", "a-3"]);
  });
});

describe("the grid of a page", () => {
  it.each([
    [2560, 12],
    [1200, 12],
    [1199, 10],
    [820, 6],
    [500, 4],
    [390, 2],
  ])("of %i px has %i columns", (width, columns) => expect(gridOf(width).columns).toBe(columns));
});

describe("sections", () => {
  const order = (state: DashboardState): string[] => state.draft.spec.sections.map((one) => one.id);

  it("go before another one or to the end, and nowhere by themselves", () => {
    const three = run(start(), actions.sectionAdded(newSection("s3", "Three", "fold")));
    expect(order(run(three, actions.sectionPlaced({ id: "s3", before: "s1" })))).toEqual(["s3", "s1", "s2"]);
    expect(order(run(three, actions.sectionPlaced({ id: "s1", before: null })))).toEqual(["s2", "s3", "s1"]);
    expect(run(three, actions.sectionPlaced({ id: "s1", before: "s1" })).draft).toBe(three.draft);
    expect(run(three, actions.sectionPlaced({ id: "gone", before: null })).draft).toBe(three.draft);
  });

  it("take widgets at the cell where they are dropped, and the others make room", () => {
    const state = run(start(), actions.widgetsSectioned({ ids: ["w0"], section: "s1", corner: { x: 6, y: 0 } }));
    const places = new Map(state.draft.spec.widgets.map((one) => [one.id, [one.section, one.place.x, one.place.y]]));
    expect(places.get("w0")).toEqual(["s1", 6, 0]);
    expect(places.get("w3")).toEqual(["s1", 6, 4]);
    expect(places.get("w2")).toEqual(["", 0, 0]);
    expect(run(state, actions.undone()).draft).toEqual(start().draft);
  });
});
