import type { PointerEvent } from "react";
import { useRef, useState } from "react";
import { useEdit } from "../store";

interface Drag {
  id: string;
  x: number;
  y: number;
  moved: boolean;
}

const FAR_PX = 6;

/** Parts of the canvas from top to bottom, each by the ids of its sections. */
function parts(): { ids: string[]; box: DOMRect }[] {
  return [...document.querySelectorAll<HTMLElement>("[data-sections]")].map((one) => ({
    ids: (one.dataset["sections"] ?? "").split(" "),
    box: one.getBoundingClientRect(),
  }));
}

/** The section that one dropped at a height stands before; null: none. */
function beforeAt(y: number): string | null {
  return parts().find(({ box }) => y < box.top + box.height / 2)?.ids[0] ?? null;
}

/** The tab of the same strip that one dropped at a place stands before; else what follows the strip. */
function tabBefore(id: string, x: number): string | null {
  const all = parts();
  const at = all.findIndex(({ ids }) => ids.includes(id));
  const tabs = (all[at]?.ids ?? []).map((one) => ({
    one,
    box: document.querySelector(`[data-tab="${CSS.escape(one)}"]`)?.getBoundingClientRect(),
  }));
  const next = tabs.find(({ box }) => box !== undefined && x < box.left + box.width / 2);
  return next?.one ?? all[at + 1]?.ids[0] ?? null;
}

/** Sections are taken by their grip, tabs by themselves, and put to where the pointer lets go. */
export function useSectionDrag(enabled: boolean) {
  const edit = useEdit();
  const drag = useRef<Drag | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const end = (): void => {
    drag.current = null;
    setDragged(null);
  };
  const handlers = (id: string, isTab: boolean) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (!enabled || event.button !== 0) return;
      drag.current = { id, x: event.clientX, y: event.clientY, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      const { current } = drag;
      if (current?.id !== id) return;
      const far = Math.hypot(event.clientX - current.x, event.clientY - current.y);
      if (current.moved || far < FAR_PX) return;
      current.moved = true;
      setDragged(id);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>): void => {
      const { current } = drag;
      end();
      if (current?.id !== id || !current.moved) return;
      const before = isTab ? tabBefore(id, event.clientX) : beforeAt(event.clientY);
      if (before !== id) edit.sectionPlaced({ id, before });
    },
    onPointerCancel: end,
  });
  return { dragged, handlers };
}
