/** Every change of a dashboard as a pure function from content to content; what does not change stays the same object. */

import { createNextState } from "@reduxjs/toolkit";
import type { Content, Dashboard, Place, Section, Widget } from "./document";
import { MAX_WIDGETS } from "./document";
import type { Placed } from "./layout";
import { bySection, put, readingOrder, settled } from "./layout";

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

/** Apart from the draft that is changed. */
const copied = (widget: Widget): Placed => ({
  id: widget.id,
  place: { ...widget.place },
  locked: widget.locked,
  z: widget.z,
});

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

/** `corner`: where the first of them goes, and others make room; without it they go below all that is there. */
export const moveToSection = edit(
  (content, ids: readonly string[], section: string, corner: Pick<Place, "x" | "y"> | null) => {
    const { spec } = content;
    const there = spec.widgets.filter((one) => one.section === section);
    const bottom = Math.max(0, ...there.map(({ place }) => place.y + place.h));
    const moved = spec.widgets.filter((one) => ids.includes(one.id) && one.section !== section).sort(readingOrder);
    const [first] = moved;
    if (first === undefined) return;
    const from = { ...first.place };
    for (const widget of moved) {
      const { place } = widget;
      const wish =
        corner === null
          ? { ...place, y: place.y + bottom }
          : { ...place, x: corner.x + place.x - from.x, y: corner.y + place.y - from.y };
      widget.section = section;
      // below everything first, so that it covers nothing before the others make room
      widget.place = { ...place, y: place.y + bottom };
      if (corner === null) continue;
      const group = bySection(spec.widgets, spec.sections).get(section) ?? [];
      const places = put(group.map(copied), widget.id, wish);
      for (const one of group) moveTo(one, places.get(one.id) ?? one.place);
    }
    fall(spec);
  },
);

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

/** To before another section; null: to the end. */
export const placeSection = edit((content, id: string, before: string | null) => {
  const { sections } = content.spec;
  const at = sections.findIndex((one) => one.id === id);
  const [section] = at < 0 || before === id ? [] : sections.splice(at, 1);
  if (section === undefined) return;
  const to = before === null ? -1 : sections.findIndex((one) => one.id === before);
  sections.splice(to < 0 ? sections.length : to, 0, section);
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
