/** The section that a dragged widget is over: its grid, its tab, or the line above it. */

import type { Place } from "../document";
import { COLUMNS } from "../document";

export interface SectionUnder {
  section: string;
  /** What is marked while the widget is over it. */
  element: HTMLElement;
  /** Pixels within its grid; null: over its tab or title. */
  at: { x: number; y: number; width: number } | null;
}

const TARGETS = "[data-section], [data-tab], [data-fold]";

/** null: it is over its own section, or over none. */
export function sectionUnder(event: Event, own: string): SectionUnder | null {
  if (!(event instanceof MouseEvent)) return null;
  const { clientX, clientY } = event;
  for (const one of document.elementsFromPoint(clientX, clientY)) {
    const element = one.closest<HTMLElement>(TARGETS);
    if (element === null || element.closest(".dash-canvas") === null) continue;
    const { section, tab, fold } = element.dataset;
    const id = section ?? tab ?? fold ?? "";
    if (id === own) continue;
    const { left, top, width } = element.getBoundingClientRect();
    return { section: id, element, at: section === undefined ? null : { x: clientX - left, y: clientY - top, width } };
  }
  return null;
}

/** The cell of the grid that a place in pixels is in, so that a widget of this width fits. */
export function cellAt(
  { x, y, width }: { x: number; y: number; width: number },
  { w }: Pick<Place, "w">,
  row_px: number,
): Pick<Place, "x" | "y"> {
  const column = Math.floor((x / Math.max(1, width)) * COLUMNS - w / 2);
  return { x: Math.max(0, Math.min(COLUMNS - w, column)), y: Math.max(0, Math.floor(y / row_px)) };
}
