/** All widgets of a dashboard in the order of a page: bands that no page break goes through. Pure. */

import type { Scope } from "../../data/scope";
import { joined } from "../../data/scope";
import type { Dashboard, Widget } from "../../document";
import { COLUMNS } from "../../document";
import { bySection } from "../../layout";
import { inSection, repeatSections, repeatWidgets } from "../../repeat";

export interface Shown {
  widget: Widget;
  /** The variables of the copies that it is in. */
  bound: Scope | null;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What stands beside and over each other, or the title of a section. */
export type Band = { title: string } | { id: string; height: number; shown: readonly Shown[] };

export interface Paper {
  width: number;
  row: number;
  gap: number;
  /** Higher than this is no band. */
  most: number;
}

function bandsOf(all: readonly { widget: Widget; bound: Scope | null }[], paper: Paper): Band[] {
  const { width, row, gap, most } = paper;
  const column = (width + gap) / COLUMNS;
  const bands: Band[] = [];
  let rest = [...all].sort((a, b) => a.widget.place.y - b.widget.place.y || a.widget.place.x - b.widget.place.x);
  while (rest[0] !== undefined) {
    const first = rest[0].widget.place;
    let end = first.y + first.h;
    let count = 0;
    // whoever begins before all others have ended belongs to them
    for (const { widget } of rest) {
      if (widget.place.y >= end) break;
      end = Math.max(end, widget.place.y + widget.place.h);
      count += 1;
    }
    const shown = rest.slice(0, count).map(({ widget, bound }): Shown => {
      const { x, y, w, h } = widget.place;
      const height = Math.min(most, h * (row + gap) - gap);
      return { widget, bound, left: x * column, top: (y - first.y) * (row + gap), width: w * column - gap, height };
    });
    const height = (end - first.y) * (row + gap) - gap;
    if (height <= most) bands.push({ id: shown[0]?.widget.id ?? "", height, shown });
    else for (const one of shown) bands.push({ id: one.widget.id, height: one.height, shown: [{ ...one, top: 0 }] });
    rest = rest.slice(count);
  }
  return bands;
}

/** Sections are open and tabs follow each other: paper has no buttons. */
export function paperOf(spec: Pick<Dashboard, "widgets" | "sections">, scope: Scope, paper: Paper): Band[] {
  const groups = bySection(spec.widgets, spec.sections);
  const bands = bandsOf(repeatWidgets(groups.get("") ?? [], scope), paper);
  for (const copy of repeatSections(spec.sections, scope)) {
    const own = inSection(groups.get(copy.section.id) ?? [], copy);
    const inner = copy.bound === null ? scope : joined(scope, copy.bound);
    const shown = repeatWidgets(own, inner).map(({ widget, bound }) => ({
      widget,
      bound: joined(copy.bound ?? new Map(), bound ?? new Map()),
    }));
    if (shown.length > 0) bands.push({ title: copy.title }, ...bandsOf(shown, paper));
  }
  return bands;
}

export const widgetsOf = (bands: readonly Band[]): Shown[] => bands.flatMap((band) => ("id" in band ? band.shown : []));
