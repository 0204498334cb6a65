/**
 * A dashboard as it is given away: all variables put in, copies made, and a list of the only questions there are. Pure.
 */

import { chooseStep } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import { unitOf } from "../../data/units";
import type { AdhocFilter } from "../data/adhoc";
import { interpolateText } from "../data/interpolate";
import type { Role, Wish } from "../data/questions";
import { planWidget, spanOf } from "../data/questions";
import type { Scope } from "../data/scope";
import { joined } from "../data/scope";
import { widgetTitle } from "../diff";
import type { Dashboard, Override, Widget } from "../document";
import { writeDashboard } from "../document";
import { inSection, repeatSections, repeatWidgets } from "../repeat";

/** What a viewer may say of a question. */
export interface QuestionName {
  widget: string;
  ref: string;
  role: Role;
  step_ms: number;
}

export interface ShownQuestion extends QuestionName {
  span_ms: number;
  instant: boolean;
}

export interface FrozenQuestion extends ShownQuestion {
  promql: string;
}

export interface Freezing {
  spec: Dashboard;
  scope: Scope;
  filters: readonly AdhocFilter[];
  /** What is shown at this moment. */
  interval: Interval;
  /** Only this widget, or all of them. */
  only: string | null;
  /** Whether a widget draws an envelope. */
  envelope: (widget: Widget) => boolean;
  scrapeOf?: Wish["scrapeOf"];
  /** For how wide widgets the questions are. */
  widths: readonly number[];
}

export interface FrozenDashboard {
  spec: Record<string, unknown>;
  questions: FrozenQuestion[];
  /** What cannot be given away, in words. */
  left: string[];
  /** Values of variables are still on their way. */
  waits: boolean;
}

/** Widgets of every size, from a tile to a whole screen. */
export const ALL_WIDTHS: readonly number[] = [250, 500, 1000, 1500];
/** For data that is kept: one resolution for all. */
export const SNAPSHOT_WIDTHS: readonly number[] = [500];

interface Bound {
  widget: Widget;
  scope: Scope;
}

export function freezeDashboard(freezing: Freezing): FrozenDashboard {
  const { spec, scope, only } = freezing;
  const taken = new Set<string>();
  const widgets: Widget[] = [];
  const frozen: FrozenDashboard = { spec: {}, questions: [], left: [], waits: false };
  for (const { widget, scope: own } of shownWidgets(spec, scope)) {
    if (only !== null && widget.id !== only) continue;
    const id = plainId(widget.id, taken);
    const filled = filledIn({ ...widget, id }, own);
    widgets.push(filled);
    collect({ ...freezing, scope: own }, { ...widget, id }, frozen);
  }
  const sections = repeatSections(spec.sections, scope);
  const sectionIds = sectionNames(sections.map((one) => one.id));
  frozen.spec = writeDashboard({
    ...spec,
    variables: [],
    annotations: [],
    links: [],
    tags: [],
    folder: "",
    sections:
      only === null
        ? sections.map(({ id, title, section }) => ({
            ...section,
            id: sectionIds.get(id) ?? id,
            title,
            repeat: null,
          }))
        : [],
    widgets: widgets.map((widget) => ({
      ...widget,
      section: only === null ? (sectionIds.get(widget.section) ?? widget.section) : "",
    })),
  });
  return frozen;
}

/** All widgets as they are shown, with the names that each is about; `section` is that of the copy it is in. */
function shownWidgets(spec: Dashboard, scope: Scope): Bound[] {
  const known = new Set(spec.sections.map((one) => one.id));
  const copies = (widgets: readonly Widget[], outer: Scope): Bound[] =>
    repeatWidgets(widgets, outer).map(({ widget, bound }) => ({
      widget,
      scope: bound === null ? outer : joined(outer, bound),
    }));
  const loose = spec.widgets.filter((one) => !known.has(one.section)).map((one) => ({ ...one, section: "" }));
  const inSections = repeatSections(spec.sections, scope).flatMap((copy) => {
    const own = spec.widgets.filter((one) => one.section === copy.section.id);
    const named = inSection(own, copy).map((one) => ({ ...one, section: copy.id }));
    return copies(named, copy.bound === null ? scope : joined(scope, copy.bound));
  });
  return [...copies(loose, scope), ...inSections];
}

/** Ids of copies hold values of variables, which a document does not take and nobody outside must know. */
function plainId(id: string, taken: Set<string>): string {
  const base = (id.split("=", 1)[0] ?? id).slice(0, 56);
  let free = base;
  for (let count = 2; taken.has(free); count += 1) free = `${base}-${count}`;
  taken.add(free);
  return free;
}

function sectionNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(ids.map((id) => [id, plainId(id, taken)]));
}

function filledIn(widget: Widget, scope: Scope): Widget {
  return {
    ...widget,
    title: interpolateText(widget.title, scope),
    description: interpolateText(widget.description, scope),
    overrides: [...units(widget), ...widget.overrides],
    links: [],
    repeat: null,
  };
}

/** The unit that the text of a question tells, for where the text is not known. */
function units(widget: Widget): Override[] {
  if (widget.format.unit !== undefined && widget.format.unit !== null) return [];
  return widget.queries.flatMap(({ kind, ref, text }): Override[] => {
    const unit = kind === "promql" ? unitOf([text]) : "number";
    return unit === "number" ? [] : [{ by: "ref", match: ref, options: { unit } }];
  });
}

function collect(freezing: Freezing, widget: Widget, frozen: FrozenDashboard): void {
  const { interval, scope: variables, filters, envelope, scrapeOf, widths } = freezing;
  const wish = { interval, variables, filters, envelope: envelope(widget), ...(scrapeOf && { scrapeOf }) };
  const known = new Set<string>();
  const span = spanOf(widget, interval);
  const steps = new Set<number>();
  for (const width of widths) {
    const step_ms = chooseStep(span.end_ms - span.start_ms, width);
    if (steps.has(step_ms)) continue;
    steps.add(step_ms);
    const plan = planWidget(widget, { ...wish, width });
    frozen.waits ||= plan.waits;
    if (steps.size === 1) {
      const title = widgetTitle({ ...widget, title: interpolateText(widget.title, variables) });
      frozen.left.push(...plan.problems.map(({ ref, message }) => `${title}, ${ref}: ${message}`));
    }
    for (const { ref, role, promql, step_ms: own_ms, span_ms, instant } of plan.asks) {
      const key = `${ref} ${role} ${own_ms}`;
      if (known.has(key)) continue;
      known.add(key);
      frozen.questions.push({
        widget: widget.id,
        ref,
        role,
        step_ms: own_ms,
        span_ms: Math.round(span_ms),
        instant,
        promql,
      });
    }
  }
}
