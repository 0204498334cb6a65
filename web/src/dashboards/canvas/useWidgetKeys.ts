import type { KeyboardEvent } from "react";
import type { Widget } from "../document";
import { neighbour } from "../layout";
import { useDashboardNow, useEdit } from "../store";
import { useCanvas, useWidgetActions } from "./actions";

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function focusWidget(id: string): void {
  document.querySelector<HTMLElement>(`[data-frame="${CSS.escape(id)}"]`)?.focus();
}

const FRAMES_TRIED = 60;

/** The focus goes to a widget that was just added, once the grid has it. */
export function focusSoon(id: string, tries = FRAMES_TRIED): void {
  requestAnimationFrame(() => {
    const frame = document.querySelector<HTMLElement>(`[data-frame="${CSS.escape(id)}"]`);
    if (frame === null) {
      if (tries > 0) focusSoon(id, tries - 1);
      return;
    }
    frame.scrollIntoView({ block: "nearest" });
    frame.focus();
  });
}

/**
 * Keys of the widget that has the focus: arrows go to its neighbours; once it is selected (space) they move it, with
 * shift they change its size and page keys take it to the section before or after. Enter configures, escape lets go, delete removes.
 */
export function useWidgetKeys(widget: Widget, others: readonly Widget[]): (event: KeyboardEvent<HTMLElement>) => void {
  const now = useDashboardNow();
  const edit = useEdit();
  const { configure, reveal } = useCanvas();
  const { move, resize, remove } = useWidgetActions();
  const { id } = widget;
  return (event) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const { selection } = now();
    const chosen = selection.includes(id);
    const arrow = ARROWS[event.key];
    const keep = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (arrow !== undefined) {
      keep();
      const [dx, dy] = arrow;
      if (chosen && event.shiftKey) resize(selection, dx, dy);
      else if (chosen) {
        move(selection, dx, dy);
        // moving changes the order of reading: the focus goes along
        requestAnimationFrame(() => focusWidget(id));
      } else {
        const next = neighbour(others, id, dx, dy);
        if (next !== null) focusWidget(next);
      }
    } else if (chosen && event.shiftKey && (event.key === "PageUp" || event.key === "PageDown")) {
      keep();
      const { sections } = now().draft.spec;
      const order = ["", ...sections.map((one) => one.id)];
      const next = order[order.indexOf(widget.section) + (event.key === "PageUp" ? -1 : 1)];
      if (next === undefined) return;
      edit.widgetsSectioned({ ids: selection, section: next });
      reveal?.(next);
      focusSoon(id);
    } else if (event.key === " ") {
      keep();
      if (event.shiftKey) edit.selected(chosen ? selection.filter((one) => one !== id) : [...selection, id]);
      else edit.selected(chosen && selection.length === 1 ? [] : [id]);
    } else if (event.key === "Enter") {
      keep();
      configure(id);
    } else if (event.key === "Escape" && selection.length > 0) {
      keep();
      edit.selected([]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      keep();
      remove(chosen ? selection : [id]);
    }
  };
}
