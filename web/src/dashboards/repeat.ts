/** Widgets and sections repeated by the values of a variable: which copies there are, what each is about, where it stands. */

import { verticalCompactor } from "react-grid-layout/core";
import type { LayoutItem } from "react-grid-layout/core";
import { interpolateText } from "./data/interpolate";
import type { Scope, VariableValue } from "./data/scope";
import { joined } from "./data/scope";
import type { Place, Repeat, Section, Widget } from "./document";
import { COLUMNS } from "./document";
import { readingOrder } from "./layout";

/** A widget as it is shown; `bound` holds the variable that it is repeated by, with the one value it is about. */
export interface Copy {
  widget: Widget;
  bound: Scope | null;
}

export interface SectionCopy {
  id: string;
  /** Filled in. */
  title: string;
  /** Of the document. */
  section: Section;
  bound: Scope | null;
}

/** More copies than this of one widget or section are left out. */
export const MOST_COPIES = 200;

// ids of documents have letters, digits, - and _ alone
const SEPARATOR = "=";

/** The id of a copy: it stays the same whatever other values are chosen. */
const copyId = (id: string, value: string): string => `${id}${SEPARATOR}${value}`;

/** The widget of the document that a shown one is a copy of. */
export const originOf = (id: string): string => id.split(SEPARATOR, 1)[0] ?? id;

/** Each value of a variable by itself; nothing for one that has no values, or is not known yet. */
export function eachOf(value: VariableValue | undefined): VariableValue[] {
  if (value === undefined || value.pending === true) return [];
  const texts = value.all ? (value.allTexts ?? value.values) : value.texts;
  return value.values.slice(0, MOST_COPIES).map((one, at) => ({
    values: [one],
    texts: [texts[at] ?? one],
    all: false,
    allValue: "",
    trusted: value.trusted,
  }));
}

const valuesOf = (repeat: Repeat | null, scope: Scope): VariableValue[] =>
  repeat === null || repeat.variable === "" ? [] : eachOf(scope.get(repeat.variable));

/** How many copies there will be; 0: it is not repeated, or nothing is chosen. */
export const copyCount = (repeat: Repeat | null, scope: Scope): number => valuesOf(repeat, scope).length;

const bind = (repeat: Repeat, value: VariableValue): Scope => new Map([[repeat.variable, value]]);

/** What the original stands for while it is edited: the first of its copies. */
export function firstBound(repeat: Repeat | null, scope: Scope): Scope | null {
  const [first] = valuesOf(repeat, scope);
  return repeat === null || first === undefined ? null : bind(repeat, first);
}

/** Where copies stand: across from the left edge in rows that share the width, or down below each other. */
export function copyPlaces({ x, y, w, h }: Place, { direction, per_row }: Repeat, count: number): Place[] {
  if (direction === "down") return Array.from({ length: count }, (_, at) => ({ x, y: y + at * h, w, h }));
  const columns = Math.max(1, Math.min(per_row, count, COLUMNS));
  const width = Math.floor(COLUMNS / columns);
  return Array.from({ length: count }, (_, at) => ({
    x: (at % columns) * width,
    y: y + Math.floor(at / columns) * h,
    w: width,
    h,
  }));
}

/** The widgets of one grid with all copies in their places; those below make room. */
export function repeatWidgets(widgets: readonly Widget[], scope: Scope): Copy[] {
  if (widgets.every((one) => valuesOf(one.repeat, scope).length === 0)) {
    return widgets.map((widget) => ({ widget, bound: null }));
  }
  const copies: Copy[] = [];
  let pushes: { from: number; by: number }[] = [];
  for (const widget of [...widgets].sort(readingOrder)) {
    const { place, repeat } = widget;
    const pushed = pushes.reduce((sum, { from, by }) => sum + (place.y >= from ? by : 0), 0);
    const start = { ...place, y: place.y + pushed };
    const values = valuesOf(repeat, scope);
    if (repeat === null || values.length === 0) {
      copies.push({ widget: { ...widget, place: start }, bound: null });
      continue;
    }
    const places = copyPlaces(start, repeat, values.length);
    values.forEach((value, at) => {
      const id = copyId(widget.id, value.values[0] ?? "");
      // a copy is not edited, and nothing repeats it again
      const copy = { ...widget, id, place: places[at] ?? start, repeat: null, locked: false };
      copies.push({ widget: copy, bound: bind(repeat, value) });
    });
    const bottom = Math.max(...places.map((one) => one.y + one.h));
    const by = bottom - (start.y + start.h);
    if (by > 0) pushes = [...pushes, { from: place.y + place.h, by }];
  }
  return settledCopies(copies);
}

/** Gravity, as everywhere; what a row of copies has covered goes below it. */
function settledCopies(copies: readonly Copy[]): Copy[] {
  const items = copies.flatMap(({ widget: { id, place, z, locked } }): LayoutItem[] =>
    z > 0 ? [] : [{ i: id, ...place, ...(locked ? { static: true } : {}) }],
  );
  const places = new Map(verticalCompactor.compact(items, COLUMNS).map(({ i, x, y, w, h }) => [i, { x, y, w, h }]));
  return copies.map(({ widget, bound }) => ({
    widget: { ...widget, place: places.get(widget.id) ?? widget.place },
    bound,
  }));
}

const filledIn = (section: Section, id: string, scope: Scope, bound: Scope | null): SectionCopy => ({
  id,
  title: interpolateText(section.title, bound === null ? scope : joined(scope, bound)),
  section,
  bound,
});

/** All sections as they are shown. */
export function repeatSections(sections: readonly Section[], scope: Scope): SectionCopy[] {
  return sections.flatMap((section): SectionCopy[] => {
    const { id, repeat } = section;
    const values = valuesOf(repeat, scope);
    if (repeat === null || values.length === 0) return [filledIn(section, id, scope, null)];
    return values.map((value) => filledIn(section, copyId(id, value.values[0] ?? ""), scope, bind(repeat, value)));
  });
}

/** All sections as they are edited: each once, about the first of its values. */
export const editedSections = (sections: readonly Section[], scope: Scope): SectionCopy[] =>
  sections.map((section) => filledIn(section, section.id, scope, firstBound(section.repeat, scope)));

/** What the widgets of a section copy are called, so that each is a widget of its own. */
export function inSection(widgets: readonly Widget[], copy: SectionCopy): readonly Widget[] {
  if (copy.id === copy.section.id) return widgets;
  const value = copy.id.slice(copy.section.id.length + SEPARATOR.length);
  return widgets.map((widget) => ({ ...widget, id: copyId(widget.id, value) }));
}

/** One shown widget by its id, whatever section and copy it is in; one that is edited is its first copy. null: none. */
export function findShown(
  { sections, widgets }: { sections: readonly Section[]; widgets: readonly Widget[] },
  scope: Scope,
  id: string,
): Copy | null {
  const origin = widgets.find((one) => one.id === originOf(id));
  if (origin === undefined) return null;
  const section = sections.find((one) => one.id === origin.section);
  const places = section === undefined ? [null] : repeatSections([section], scope);
  for (const place of places) {
    const own = place === null ? [origin] : inSection([origin], place);
    const outer = joined(scope, place?.bound ?? new Map());
    for (const { widget, bound } of repeatWidgets(own, outer)) {
      if (widget.id === id) return { widget, bound: joined(place?.bound ?? new Map(), bound ?? new Map()) };
    }
  }
  if (id !== origin.id) return null;
  const outer = firstBound(section?.repeat ?? null, scope);
  const inner = firstBound(origin.repeat, outer === null ? scope : joined(scope, outer));
  return { widget: origin, bound: joined(outer ?? new Map(), inner ?? new Map()) };
}
