/** Every change of a dashboard as a pure function from content to content; what does not change stays the same object. */

import { createNextState } from "@reduxjs/toolkit";
import type { Content, Dashboard, Place, Section, Widget } from "./document";
import { MAX_WIDGETS } from "./document";
import { bySection, settled } from "./layout";

export type SettingsChange = Partial<Omit<Dashboard, "widgets" | "sections" | "schema">> & { name?: string };
export type SectionChange = Partial<Omit<Section, "id">>;
export type WidgetChange = Partial<Omit<Widget, "id">>;

/** Gravity in every section. */
function fall(spec: Dashboard): void {
  for (const widgets of bySection(spec.widgets, spec.sections).values()) {
    const places = settled(widgets);
    for (const widget of widgets) {
      const place = places.get(widget.id);
      if (place !== undefined) moveTo(widget, place);
    }
  }
}

function moveTo(widget: Widget, { x, y, w, h }: Place): void {
  const { place } = widget;
  if (place.x !== x || place.y !== y || place.w !== w || place.h !== h) widget.place = { x, y, w, h };
}

const edit =
  <A extends readonly unknown[]>(recipe: (content: Content, ...input: A) => void) =>
  (content: Content, ...input: A): Content =>
    createNextState(content, (draft: Content) => recipe(draft, ...input));

export const addWidgets = edit((content, widgets: readonly Widget[]) => {
  const room = MAX_WIDGETS - content.spec.widgets.length;
  content.spec.widgets.push(...widgets.slice(0, Math.max(0, room)));
});

export const removeWidgets = edit((content, ids: readonly string[]) => {
  const { spec } = content;
  if (!spec.widgets.some((one) => ids.includes(one.id))) return;
  spec.widgets = spec.widgets.filter((one) => !ids.includes(one.id));
  fall(spec);
});

export const placeWidgets = edit((content, places: Readonly<Record<string, Place>>) => {
  for (const widget of content.spec.widgets) {
    const place = places[widget.id];
    if (place !== undefined) moveTo(widget, place);
  }
});

export const changeWidgets = edit((content, ids: readonly string[], change: WidgetChange) => {
  for (const widget of content.spec.widgets) if (ids.includes(widget.id)) Object.assign(widget, change);
});

/** Above (1) or below (-1) the others; at 0 they stand on the grid again, where gravity holds them. */
export const orderWidgets = edit((content, ids: readonly string[], direction: 1 | -1) => {
  const { widgets } = content.spec;
  const top = Math.max(0, ...widgets.map((one) => one.z));
  for (const widget of widgets) {
    if (ids.includes(widget.id)) widget.z = direction === 1 ? top + 1 : Math.max(0, widget.z - 1);
  }
  if (direction === -1) fall(content.spec);
});

export const moveToSection = edit((content, ids: readonly string[], section: string) => {
  const { spec } = content;
  const target = spec.widgets.filter((one) => one.section === section);
  const bottom = Math.max(0, ...target.map(({ place }) => place.y + place.h));
  for (const widget of spec.widgets) {
    if (!ids.includes(widget.id) || widget.section === section) continue;
    widget.section = section;
    widget.place = { ...widget.place, y: widget.place.y + bottom };
  }
  fall(spec);
});

export const addSection = edit((content, section: Section) => {
  content.spec.sections.push(section);
});

export const changeSection = edit((content, id: string, change: SectionChange) => {
  const section = content.spec.sections.find((one) => one.id === id);
  if (section !== undefined) Object.assign(section, change);
});

/** The widgets go with it, or to the section above. */
export const removeSection = edit((content, id: string, withWidgets: boolean) => {
  const { spec } = content;
  const at = spec.sections.findIndex((one) => one.id === id);
  if (at < 0) return;
  if (withWidgets) spec.widgets = spec.widgets.filter((one) => one.section !== id);
  else {
    const heir = spec.sections[at - 1]?.id ?? "";
    const bottom = Math.max(
      0,
      ...spec.widgets.filter((one) => one.section === heir).map((one) => one.place.y + one.place.h),
    );
    for (const widget of spec.widgets) {
      if (widget.section !== id) continue;
      widget.section = heir;
      widget.place = { ...widget.place, y: widget.place.y + bottom };
    }
  }
  spec.sections.splice(at, 1);
  fall(spec);
});

export const moveSection = edit((content, id: string, by: 1 | -1) => {
  const { sections } = content.spec;
  const at = sections.findIndex((one) => one.id === id);
  const to = at + by;
  const [section, other] = [sections[at], sections[to]];
  if (section === undefined || other === undefined) return;
  sections[to] = section;
  sections[at] = other;
});

export const changeSettings = edit((content, { name, ...change }: SettingsChange) => {
  if (name !== undefined) content.name = name;
  Object.assign(content.spec, change);
});
