/** What differs between two contents of a dashboard, in the words of a person. */

import type { Content, Place, Widget } from "./document";

export interface WidgetChange {
  kind: "added" | "removed" | "moved" | "changed";
  id: string;
  title: string;
  /** What of it: "title, queries". */
  fields: string[];
}

export interface Difference {
  widgets: WidgetChange[];
  /** Of the dashboard itself: "name", "tags", "variables". */
  settings: string[];
}

const WORDS: Record<string, string> = {
  format: "display",
  options: "options",
  z: "order",
  time: "time",
  place: "place",
};

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export const widgetTitle = (widget: Pick<Widget, "title" | "kind">): string =>
  widget.title.trim() === "" ? widget.kind : widget.title;

export const describePlace = ({ x, y, w, h }: Place): string => `${w} \u00d7 ${h} \u00b7 col ${x + 1}, row ${y + 1}`;

export function differences(before: Content, after: Content): Difference {
  const known = new Map(before.spec.widgets.map((one) => [one.id, one]));
  const widgets: WidgetChange[] = [];
  for (const widget of after.spec.widgets) {
    const former = known.get(widget.id);
    known.delete(widget.id);
    const about = { id: widget.id, title: widgetTitle(widget) };
    if (former === undefined) widgets.push({ kind: "added", ...about, fields: [] });
    else if (former !== widget) widgets.push(...changesOf(former, widget, about));
  }
  for (const gone of known.values()) {
    widgets.push({ kind: "removed", id: gone.id, title: widgetTitle(gone), fields: [] });
  }
  return { widgets, settings: settingsOf(before, after) };
}

function changesOf(former: Widget, widget: Widget, about: { id: string; title: string }): WidgetChange[] {
  const fields = (Object.keys(widget) as (keyof Widget)[]).filter((name) => !same(former[name], widget[name]));
  const moved: (keyof Widget)[] = fields.filter((name) => name === "place" || name === "section");
  const others = fields.filter((name) => !moved.includes(name)).map((name) => WORDS[name] ?? name);
  return [
    ...(moved.length === 0 ? [] : [{ kind: "moved" as const, ...about, fields: [movedTo(former, widget)] }]),
    ...(others.length === 0 ? [] : [{ kind: "changed" as const, ...about, fields: others }]),
  ];
}

function movedTo(former: Widget, widget: Widget): string {
  if (former.section !== widget.section) return "to another section";
  return `${describePlace(former.place)} to ${describePlace(widget.place)}`;
}

function settingsOf(before: Content, after: Content): string[] {
  const names = Object.keys(after.spec) as (keyof Content["spec"])[];
  const changed = names.filter((name) => name !== "widgets" && !same(before.spec[name], after.spec[name]));
  return [...(before.name === after.name ? [] : ["name"]), ...changed];
}

export const isEmpty = ({ widgets, settings }: Difference): boolean => widgets.length + settings.length === 0;

/** How many changes there are, for a badge. */
export const countChanges = ({ widgets, settings }: Difference): number => widgets.length + settings.length;
