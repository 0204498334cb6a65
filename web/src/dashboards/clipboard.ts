/** Widgets as text in the clipboard, so that they can go to another dashboard, another tab or a colleague. */

import type { Place, Widget } from "./document";
import { COLUMNS, MAX_WIDGETS, freshId, readWidget, writeWidget } from "./document";

const MARK = "vedette/widgets";

export function copiedText(widgets: readonly Widget[]): string {
  return JSON.stringify({ kind: MARK, widgets: widgets.map(writeWidget) }, null, 1);
}

/** The widgets of a text; null when it is something else. */
export function pastedWidgets(text: string): Widget[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const { kind, widgets } = parsed as { kind?: unknown; widgets?: unknown };
  if (kind !== MARK || !Array.isArray(widgets) || widgets.length > MAX_WIDGETS) return null;
  return widgets.flatMap((one: unknown, at) =>
    typeof one === "object" && one !== null ? [readWidget(one as Record<string, unknown>, `w${at + 1}`)] : [],
  );
}

/** Copies with ids of their own, in one section, in their order to each other, with their upper left corner at a place. */
export function copiesOf(
  widgets: readonly Widget[],
  taken: ReadonlySet<string>,
  section: string,
  corner: Pick<Place, "x" | "y">,
): Widget[] {
  const ids = new Set(taken);
  const left = Math.min(...widgets.map((one) => one.place.x));
  const top = Math.min(...widgets.map((one) => one.place.y));
  return widgets.map((one) => {
    const id = freshId("w", ids);
    ids.add(id);
    const { w, h } = one.place;
    const x = Math.max(0, Math.min(COLUMNS - w, one.place.x - left + corner.x));
    return { ...one, id, section, locked: false, place: { x, y: one.place.y - top + corner.y, w, h } };
  });
}
