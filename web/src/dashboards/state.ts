/** One open dashboard: what is saved, the draft, and the way back through every change. Pure reducers. */

import type { PayloadAction } from "@reduxjs/toolkit";
import { createSelector, createSlice, original } from "@reduxjs/toolkit";
import type { Content, Place, Section, Widget } from "./document";
import * as edits from "./edits";

/** The document around the content, as the server keeps it. */
export interface Kept {
  id: string;
  version: number;
  updated_ms: number;
  updated_by: string;
}

/** A step of the history: what was done, and the content on the other side of it. */
export interface Step {
  label: string;
  /** Changes of one group that follow each other closely are one step: a drag, a word that is typed. */
  group: string | null;
  at_ms: number;
  content: Content;
}

export interface DashboardState {
  /** null while it was never saved. */
  kept: Kept | null;
  saved: Content;
  draft: Content;
  mode: "view" | "edit";
  selection: string[];
  past: Step[];
  future: Step[];
}

/** What an edit says about itself. */
export interface Note {
  label: string;
  group: string | null;
  at_ms: number;
}

const GROUP_MS = 1500;
const STEPS_KEPT = 200;

export function initialState(kept: Kept | null, content: Content, mode: "view" | "edit"): DashboardState {
  return { kept, saved: content, draft: content, mode, selection: [], past: [], future: [] };
}

/** The draft after a change; contents of the history share with it whatever stayed the same. */
function advance(state: DashboardState, note: Note, change: (content: Content) => Content): void {
  const before = original(state).draft;
  const after = change(before);
  if (after === before) return;
  const last = state.past.at(-1);
  const joins =
    note.group !== null &&
    last?.group === note.group &&
    state.future.length === 0 &&
    note.at_ms - last.at_ms < GROUP_MS;
  if (joins) last.at_ms = note.at_ms;
  else state.past.push({ ...note, content: before });
  if (state.past.length > STEPS_KEPT) state.past.shift();
  state.future = [];
  show(state, after);
}

function show(state: DashboardState, content: Content): void {
  state.draft = content;
  const there = new Set(content.spec.widgets.map((one) => one.id));
  if (state.selection.some((id) => !there.has(id))) state.selection = state.selection.filter((id) => there.has(id));
}

function travel(state: DashboardState, from: Step[], to: Step[]): void {
  const step = from.pop();
  if (step === undefined) return;
  // a group ends where somebody went back
  to.push({ ...step, group: null, content: original(state).draft });
  show(state, step.content);
}

const noted =
  <P extends object>(label: string | ((payload: P) => string), group: (payload: P) => string | null = () => null) =>
  (payload: P): { payload: P; meta: Note } => ({
    payload,
    meta: {
      label: typeof label === "string" ? label : label(payload),
      group: group(payload),
      at_ms: performance.now(),
    },
  });

type Edit<P> = PayloadAction<P, string, Note>;

const count = (ids: readonly unknown[], what: string): string => (ids.length === 1 ? what : `${ids.length} ${what}s`);

export const dashboard = createSlice({
  name: "dashboard",
  initialState: initialState(null, { name: "", spec: null as never }, "view"),
  reducers: {
    modeSet: (state, { payload }: PayloadAction<"view" | "edit">) => {
      state.mode = payload;
      if (payload === "view") state.selection = [];
    },
    selected: (state, { payload }: PayloadAction<string[]>) => {
      const there = new Set(state.draft.spec.widgets.map((one) => one.id));
      state.selection = payload.filter((id) => there.has(id));
    },
    widgetsAdded: {
      /** `places`: where the others go that make room. */
      reducer: (state, { payload, meta }: Edit<{ widgets: Widget[]; places?: Record<string, Place> }>) => {
        advance(state, meta, (content) =>
          edits.placeWidgets(edits.addWidgets(content, payload.widgets), payload.places ?? {}),
        );
        state.selection = payload.widgets.map((one) => one.id);
      },
      prepare: noted<{ widgets: Widget[]; places?: Record<string, Place> }>(
        ({ widgets }) => `Add ${count(widgets, "widget")}`,
      ),
    },
    widgetsRemoved: {
      reducer: (state, { payload, meta }: Edit<{ ids: string[] }>) =>
        advance(state, meta, (content) => edits.removeWidgets(content, payload.ids)),
      prepare: noted<{ ids: string[] }>(({ ids }) => `Remove ${count(ids, "widget")}`),
    },
    widgetsPlaced: {
      reducer: (state, { payload, meta }: Edit<{ places: Record<string, Place>; group?: string }>) =>
        advance(state, meta, (content) => edits.placeWidgets(content, payload.places)),
      prepare: noted<{ places: Record<string, Place>; group?: string }>("Move", ({ group }) => group ?? null),
    },
    /** `group` joins what is typed in one field. */
    widgetsChanged: {
      reducer: (state, { payload, meta }: Edit<{ ids: string[]; change: edits.WidgetChange; group?: string }>) =>
        advance(state, meta, (content) => edits.changeWidgets(content, payload.ids, payload.change)),
      prepare: noted<{ ids: string[]; change: edits.WidgetChange; group?: string; label?: string }>(
        ({ ids, label }) => label ?? `Change ${count(ids, "widget")}`,
        ({ group }) => group ?? null,
      ),
    },
    widgetsOrdered: {
      reducer: (state, { payload, meta }: Edit<{ ids: string[]; direction: 1 | -1 }>) =>
        advance(state, meta, (content) => edits.orderWidgets(content, payload.ids, payload.direction)),
      prepare: noted<{ ids: string[]; direction: 1 | -1 }>("Change the order"),
    },
    widgetsSectioned: {
      reducer: (state, { payload, meta }: Edit<{ ids: string[]; section: string; corner?: Pick<Place, "x" | "y"> }>) =>
        advance(state, meta, (content) =>
          edits.moveToSection(content, payload.ids, payload.section, payload.corner ?? null),
        ),
      prepare: noted<{ ids: string[]; section: string; corner?: Pick<Place, "x" | "y"> }>("Move to another section"),
    },
    sectionAdded: {
      reducer: (state, { payload, meta }: Edit<Section>) =>
        advance(state, meta, (content) => edits.addSection(content, payload)),
      prepare: noted<Section>("Add a section"),
    },
    sectionChanged: {
      reducer: (state, { payload, meta }: Edit<{ id: string; change: edits.SectionChange; group?: string }>) =>
        advance(state, meta, (content) => edits.changeSection(content, payload.id, payload.change)),
      prepare: noted<{ id: string; change: edits.SectionChange; group?: string }>(
        "Change a section",
        ({ group }) => group ?? null,
      ),
    },
    sectionRemoved: {
      reducer: (state, { payload, meta }: Edit<{ id: string; withWidgets: boolean }>) =>
        advance(state, meta, (content) => edits.removeSection(content, payload.id, payload.withWidgets)),
      prepare: noted<{ id: string; withWidgets: boolean }>("Remove a section"),
    },
    sectionMoved: {
      reducer: (state, { payload, meta }: Edit<{ id: string; by: 1 | -1 }>) =>
        advance(state, meta, (content) => edits.moveSection(content, payload.id, payload.by)),
      prepare: noted<{ id: string; by: 1 | -1 }>("Move a section"),
    },
    sectionPlaced: {
      reducer: (state, { payload, meta }: Edit<{ id: string; before: string | null }>) =>
        advance(state, meta, (content) => edits.placeSection(content, payload.id, payload.before)),
      prepare: noted<{ id: string; before: string | null }>("Move a section"),
    },
    settingsChanged: {
      reducer: (state, { payload, meta }: Edit<{ change: edits.SettingsChange; group?: string }>) =>
        advance(state, meta, (content) => edits.changeSettings(content, payload.change)),
      prepare: noted<{ change: edits.SettingsChange; group?: string; label?: string }>(
        ({ label }) => label ?? "Change settings",
        ({ group }) => group ?? null,
      ),
    },
    /** Another content altogether, as one step: a draft found again, a former version, another user's. */
    replaced: {
      reducer: (state, { payload, meta }: Edit<{ content: Content; label: string }>) =>
        advance(state, meta, () => payload.content),
      prepare: noted<{ content: Content; label: string }>(({ label }) => label),
    },
    undone: (state) => travel(state, state.past, state.future),
    redone: (state) => travel(state, state.future, state.past),
    /** The server keeps `content` now; what was changed meanwhile stays. */
    saved: (state, { payload }: PayloadAction<{ kept: Kept; content: Content }>) => {
      state.kept = payload.kept;
      state.saved = payload.content;
    },
    /** All changes since the last save are dropped, the way back with them. */
    discarded: (state) => {
      state.past = [];
      state.future = [];
      show(state, original(state).saved);
    },
  },
});

/** Whether there is something to save. */
export const isChanged = createSelector(
  [(state: DashboardState) => state.draft, (state: DashboardState) => state.saved],
  (draft, saved) => draft !== saved && JSON.stringify(draft) !== JSON.stringify(saved),
);
