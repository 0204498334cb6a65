/** Where widgets stand: gravity, moves and sizes on the grid, and the grid of narrower pages. No React. */

import type { LayoutItem } from "react-grid-layout/core";
import { getFirstCollision, moveElement, verticalCompactor } from "react-grid-layout/core";
import type { Place, Widget } from "./document";
import { COLUMNS } from "./document";

export interface Placed {
  id: string;
  place: Place;
  /** Others make room for it, nothing moves it. */
  locked: boolean;
  /** From 1 on: above the others, wherever it is put. */
  z: number;
}

export interface Grid {
  columns: number;
  row_px: number;
}

export type Places = ReadonlyMap<string, Place>;

const FURTHEST_STEP = 60;

/** The grid of a page of this width. */
export function gridOf(width_px: number): Grid {
  if (width_px >= 1200) return { columns: COLUMNS, row_px: 48 };
  if (width_px >= 996) return { columns: 10, row_px: 48 };
  if (width_px >= 768) return { columns: 6, row_px: 48 };
  if (width_px >= 480) return { columns: 4, row_px: 44 };
  return { columns: 2, row_px: 44 };
}

/** Down the columns of a narrow page; on a phone two narrow ones share a row. */
export function placesFor(widgets: readonly Placed[], columns: number): Places {
  if (columns === COLUMNS) return places(settle(widgets));
  const phone = columns === 2;
  const scaled = [...widgets].sort(readingOrder).map(({ id, place }): LayoutItem => {
    const share = phone ? (place.w <= 3 ? 1 : 2) : Math.round((place.w * columns) / COLUMNS);
    const w = Math.max(1, Math.min(columns, share));
    const x = Math.min(columns - w, Math.floor((place.x * columns) / COLUMNS));
    return { i: id, x, y: place.y, w, h: place.h };
  });
  return places(flow(scaled, columns));
}

/** In the order they are read, each as far up and left as it fits behind those before it. */
function flow(items: readonly LayoutItem[], columns: number): LayoutItem[] {
  const set: LayoutItem[] = [];
  let floor = 0;
  for (const item of items) {
    const fitted = { ...item, ...firstFit(set, item, columns, floor) };
    floor = Math.max(floor, fitted.y);
    set.push(fitted);
  }
  return [...verticalCompactor.compact(set, columns)];
}

function firstFit(
  set: readonly LayoutItem[],
  item: LayoutItem,
  columns: number,
  from: number,
): { x: number; y: number } {
  for (let y = from; ; y += 1) {
    for (let x = 0; x + item.w <= columns; x += 1) {
      if (getFirstCollision([...set], { ...item, x, y }) === undefined) return { x, y };
    }
  }
}

export const readingOrder = (a: Pick<Placed, "place">, b: Pick<Placed, "place">): number =>
  a.place.y - b.place.y || a.place.x - b.place.x;

const item = ({ id, place, locked }: Placed): LayoutItem => ({ i: id, ...place, ...(locked ? { static: true } : {}) });

const places = (items: readonly LayoutItem[]): Places => new Map(items.map(({ i, x, y, w, h }) => [i, { x, y, w, h }]));

/** Gravity: everything that stands on the grid moves up as far as it can; what is above it stays. */
function settle(widgets: readonly Placed[]): LayoutItem[] {
  const standing = widgets.filter((one) => one.z <= 0).map(item);
  const above = widgets.filter((one) => one.z > 0).map(item);
  return [...verticalCompactor.compact(standing, COLUMNS), ...above];
}

export const settled = (widgets: readonly Placed[]): Places => places(settle(widgets));

/** What is there once one of them was put to a place: the others make room, then gravity. */
export function put(widgets: readonly Placed[], id: string, wish: Place): Places {
  const one = widgets.find((widget) => widget.id === id);
  if (one === undefined) return settled(widgets);
  const w = Math.max(1, Math.min(COLUMNS, wish.w));
  const place = { w, h: Math.max(1, wish.h), x: Math.max(0, Math.min(COLUMNS - w, wish.x)), y: Math.max(0, wish.y) };
  if (one.z > 0 || one.locked) {
    return settled(widgets.map((widget) => (widget.id === id ? { ...widget, place } : widget)));
  }
  const standing = settle(widgets.filter((widget) => widget.z <= 0));
  const mine = standing.find((other) => other.i === id);
  if (mine === undefined) return settled(widgets);
  mine.w = place.w;
  mine.h = place.h;
  // moving to where it is would not look for what it now covers
  const stays = mine.x === place.x && mine.y === place.y;
  if (stays) mine.y = place.y + 1;
  const moved = moveElement(standing, mine, place.x, place.y, true, false, "vertical", COLUMNS, false);
  const rest = widgets.filter((widget) => widget.z > 0).map(item);
  return places([...verticalCompactor.compact(moved, COLUMNS), ...rest]);
}

const differ = (a: Places, b: Places): boolean =>
  [...a].some(([id, place]) => {
    const other = b.get(id);
    return other?.x !== place.x || other.y !== place.y || other.w !== place.w || other.h !== place.h;
  });

const withPlaces = (widgets: readonly Placed[], found: Places): Placed[] =>
  widgets.map((widget) => ({ ...widget, place: found.get(widget.id) ?? widget.place }));

/** All of them by so much, those in front first so that they do not push each other. */
export function moveBy(widgets: readonly Placed[], ids: readonly string[], dx: number, dy: number): Places {
  const chosen = widgets.filter((one) => ids.includes(one.id) && !one.locked).sort(readingOrder);
  if (dx > 0 || dy > 0) chosen.reverse();
  // one at the edge holds the others, so that they keep their order
  const blocked = chosen.some(({ place }) => place.x + dx < 0 || place.x + place.w + dx > COLUMNS || place.y + dy < 0);
  if (blocked) return settled(widgets);
  let now: readonly Placed[] = widgets;
  for (const { id, place } of chosen) {
    now = withPlaces(now, put(now, id, { ...place, x: place.x + dx, y: place.y + dy }));
  }
  return new Map(now.map(({ id, place }) => [id, place]));
}

/** The shortest step in a direction that changes anything: with gravity a widget passes a whole one below it. */
export function step(widgets: readonly Placed[], ids: readonly string[], dx: number, dy: number): Places {
  const before = settled(widgets);
  for (let length = 1; length <= (dy === 0 ? 1 : FURTHEST_STEP); length += 1) {
    const after = moveBy(widgets, ids, dx * length, dy * length);
    if (differ(after, before)) return after;
  }
  return before;
}

/** All of them wider and higher by so much, down to one cell. */
export function resizeBy(widgets: readonly Placed[], ids: readonly string[], dw: number, dh: number): Places {
  let now: readonly Placed[] = withPlaces(widgets, settled(widgets));
  for (const id of ids) {
    const one = now.find((widget) => widget.id === id);
    if (one === undefined || one.locked) continue;
    const w = Math.max(1, Math.min(COLUMNS - one.place.x, one.place.w + dw));
    now = withPlaces(now, put(now, id, { ...one.place, w, h: Math.max(1, one.place.h + dh) }));
  }
  return new Map(now.map(({ id, place }) => [id, place]));
}

/** The highest free place of a size. */
export function freePlace(widgets: readonly Placed[], size: { w: number; h: number }): Place {
  const standing = settle(widgets).filter((one) => widgets.some(({ id, z }) => id === one.i && z <= 0));
  const w = Math.min(COLUMNS, size.w);
  const found = firstFit(standing, { i: "\u0000", x: 0, y: 0, w, h: size.h }, COLUMNS, 0);
  return { ...found, w, h: size.h };
}

/** The neighbour in a direction, for moving the focus. */
export function neighbour(widgets: readonly Placed[], id: string, dx: number, dy: number): string | null {
  const from = widgets.find((one) => one.id === id);
  if (from === undefined) return null;
  const middle = ({ x, y, w, h }: Place): { x: number; y: number } => ({ x: x + w / 2, y: y + h / 2 });
  const here = middle(from.place);
  let best: { id: string; far: number } | null = null;
  for (const other of widgets) {
    const there = middle(other.place);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    if (other.id === id || along <= 0) continue;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const far = along + 3 * aside;
    if (best === null || far < best.far) best = { id: other.id, far };
  }
  return best?.id ?? null;
}

/** One part of a dashboard from top to bottom: loose widgets, a section that folds, or a strip of tabs. */
export type Part<S extends { id: string; kind: "fold" | "tab" }> =
  | { kind: "loose"; key: string }
  | { kind: "fold"; key: string; section: S }
  | { kind: "tabs"; key: string; sections: S[] };

/** Sections that are tabs and follow each other make one strip. */
export function partsOf<S extends { id: string; kind: "fold" | "tab" }>(sections: readonly S[]): Part<S>[] {
  const parts: Part<S>[] = [{ kind: "loose", key: "" }];
  for (const section of sections) {
    const last = parts.at(-1);
    if (section.kind === "fold") parts.push({ kind: "fold", key: section.id, section });
    else if (last?.kind === "tabs") last.sections.push(section);
    else parts.push({ kind: "tabs", key: section.id, sections: [section] });
  }
  return parts;
}

/** The widgets of each section by its id; "" are those before all sections, also those of a section that is gone. */
export function bySection(widgets: readonly Widget[], sections: readonly { id: string }[]): Map<string, Widget[]> {
  const found = new Map<string, Widget[]>([["", []], ...sections.map(({ id }): [string, Widget[]] => [id, []])]);
  for (const widget of widgets) (found.get(widget.section) ?? found.get(""))?.push(widget);
  return found;
}
