/** What can be done with widgets of the open dashboard, by mouse, keys and menus alike. */

import { createContext, use, useMemo } from "react";
import { copyText, toast } from "../../ui";
import { copiedText, copiesOf, pastedWidgets } from "../clipboard";
import type { Place, Widget } from "../document";
import { freshId, newWidget } from "../document";
import { bySection, freePlace, moveBy, resizeBy, step } from "../layout";
import type { Places } from "../layout";
import type { DashboardState } from "../state";
import { useDashboardNow, useEdit } from "../store";
import type { AnyWidgetKind } from "../../widgets/registry";

export interface CanvasActions {
  /** Whether who is here may edit. */
  mayEdit: boolean;
  /** Whether who is here may make rules of alerts. */
  mayAlert?: boolean;
  /** false: there is nothing beyond this view that could be opened from it. */
  leadsOn?: boolean;
  /** Opens the editor of a widget. */
  configure: (id: string) => void;
  /** Shows a widget alone; null: all of them again. */
  show: (id: string | null) => void;
  /** Opens the dialog that shares a widget. */
  share?: (id: string) => void;
  /** Opens the inspector of a widget. */
  inspect?: (id: string) => void;
  /** Makes sure that a section is open, or its tab is chosen. */
  reveal?: (section: string) => void;
}

const ActionsContext = createContext<CanvasActions | null>(null);

export const CanvasActionsProvider = ActionsContext.Provider;

export function useCanvas(): CanvasActions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error("a widget outside of a canvas");
  return actions;
}

export const asRecord = (places: Places): Record<string, Place> => Object.fromEntries(places);

const widgetsOf = (state: DashboardState, ids: readonly string[]): Widget[] =>
  state.draft.spec.widgets.filter((one) => ids.includes(one.id));

/** The widgets that share a grid with one of them. */
function companions(state: DashboardState, id: string): Widget[] {
  const { widgets, sections } = state.draft.spec;
  return [...bySection(widgets, sections).values()].find((group) => group.some((one) => one.id === id)) ?? [];
}

export interface WidgetActions {
  add: (kind: AnyWidgetKind) => string;
  move: (ids: readonly string[], dx: number, dy: number) => void;
  resize: (ids: readonly string[], dw: number, dh: number) => void;
  drag: (ids: readonly string[], dx: number, dy: number) => void;
  duplicate: (ids: readonly string[]) => void;
  remove: (ids: readonly string[]) => void;
  copy: (ids: readonly string[]) => Promise<void>;
  /** Answers whether the text held widgets. */
  paste: (text: string) => boolean;
}

/** Each part of the selection within its own grid. */
function perGrid(
  state: DashboardState,
  ids: readonly string[],
  change: (widgets: readonly Widget[], ids: readonly string[]) => Places,
): Record<string, Place> {
  const places: Record<string, Place> = {};
  const { widgets, sections } = state.draft.spec;
  for (const group of bySection(widgets, sections).values()) {
    const own = ids.filter((id) => group.some((one) => one.id === id));
    if (own.length > 0) Object.assign(places, asRecord(change(group, own)));
  }
  return places;
}

export function useWidgetActions(): WidgetActions {
  const now = useDashboardNow();
  const edit = useEdit();
  return useMemo(() => {
    const taken = (): Set<string> => new Set(now().draft.spec.widgets.map((one) => one.id));
    const place = (places: Record<string, Place>, group?: string): void => {
      edit.widgetsPlaced(group === undefined ? { places } : { places, group });
    };
    const insert = (widgets: readonly Widget[]): void => {
      const state = now();
      const near = state.selection.at(-1);
      const section = widgetsOf(state, near === undefined ? [] : [near])[0]?.section ?? "";
      const group = bySection(state.draft.spec.widgets, state.draft.spec.sections).get(section) ?? [];
      const bottom = Math.max(0, ...group.map((one) => one.place.y + one.place.h));
      const [first] = widgets;
      const corner = widgets.length === 1 && first !== undefined ? freePlace(group, first.place) : { x: 0, y: bottom };
      const left = Math.min(...widgets.map((one) => one.place.x));
      const x = widgets.length === 1 ? corner.x : left;
      edit.widgetsAdded({ widgets: copiesOf(widgets, taken(), section, { x, y: corner.y }) });
    };
    return {
      add: (kind) => {
        const state = now();
        const near = state.draft.spec.widgets.find((one) => one.id === state.selection.at(-1));
        const section = near?.section ?? "";
        const group = near === undefined ? [] : companions(state, near.id);
        const { widgets, sections } = state.draft.spec;
        const others = near === undefined ? (bySection(widgets, sections).get("") ?? []) : group;
        const widget = { ...newWidget(freshId("w", taken()), kind.kind, freePlace(others, kind.size)), section };
        edit.widgetsAdded({ widgets: [{ ...widget, title: kind.name }] });
        return widget.id;
      },
      move: (ids, dx, dy) =>
        place(
          perGrid(now(), ids, (group, own) => step(group, own, dx, dy)),
          "keys",
        ),
      resize: (ids, dw, dh) =>
        place(
          perGrid(now(), ids, (group, own) => resizeBy(group, own, dw, dh)),
          "keys",
        ),
      drag: (ids, dx, dy) => place(perGrid(now(), ids, (group, own) => moveBy(group, own, dx, dy))),
      duplicate: (ids) => insert(widgetsOf(now(), ids)),
      remove: (ids) => {
        if (ids.length === 0) return;
        const [first] = widgetsOf(now(), ids);
        edit.widgetsRemoved({ ids: [...ids] });
        const what = ids.length === 1 && first?.title ? `"${first.title}"` : `${ids.length} widgets`;
        toast({
          text: `Removed ${ids.length === 1 && !first?.title ? "a widget" : what}.`,
          action: { label: "Undo", run: () => void edit.undone() },
        });
      },
      copy: async (ids) => {
        const copied = widgetsOf(now(), ids);
        if (copied.length > 0 && (await copyText(copiedText(copied)))) {
          toast(copied.length === 1 ? "Copied a widget." : `Copied ${copied.length} widgets.`);
        }
      },
      paste: (text) => {
        const widgets = pastedWidgets(text);
        if (widgets === null || widgets.length === 0) return false;
        insert(widgets);
        return true;
      },
    };
  }, [now, edit]);
}
