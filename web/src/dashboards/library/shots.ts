/** Where the widgets of a dashboard stand on a photograph of its beginning. Pure. */

import type { Dashboard, Widget } from "../document";
import { bySection, settled } from "../layout";

export interface Shot {
  widget: Widget;
  x: number;
  y: number;
  width: number;
  height: number;
}

export const PHOTO = { width: 1152, height: 648 };
const COLUMN = PHOTO.width / 12;
const ROW = 56;
const GAP = 8;
const HEAD = 32;

/** Pixels of the full size; what begins below the picture is left out. Folded sections and later tabs are not shown. */
export function photograph(spec: Dashboard): { shots: Shot[]; heads: { id: string; title: string; y: number }[] } {
  const shots: Shot[] = [];
  const heads: { id: string; title: string; y: number }[] = [];
  let top = GAP;
  let tabs = false;
  for (const [id, widgets] of bySection(spec.widgets, spec.sections)) {
    const section = spec.sections.find((one) => one.id === id);
    if (section?.kind === "tab" && tabs) continue;
    tabs = section?.kind === "tab";
    if (section !== undefined) {
      heads.push({ id, title: section.title, y: top });
      top += HEAD;
      if (section.collapsed) continue;
    }
    let bottom = 0;
    for (const [index, { x, y, w, h }] of settled(widgets)) {
      const widget = widgets.find((one) => one.id === index);
      const place = { x: x * COLUMN + GAP / 2, y: top + y * ROW, width: w * COLUMN - GAP, height: h * ROW - GAP };
      if (widget !== undefined && place.y < PHOTO.height) shots.push({ widget, ...place });
      bottom = Math.max(bottom, y + h);
    }
    top += bottom * ROW;
  }
  return { shots, heads: heads.filter((one) => one.y < PHOTO.height) };
}
