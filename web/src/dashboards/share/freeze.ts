/**
 * A dashboard as it is given away: all variables put in, copies made, and a list of the only questions there are. Pure.
 */

import type { FrozenMarkSource } from "../../api/sharing";
import { chooseStep } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import { unitOf } from "../../data/units";
import type { AdhocFilter } from "../data/adhoc";
import { interpolatePromql, interpolateText } from "../data/interpolate";
import { timed } from "../data/inTime";
import type { Role, Wish } from "../data/questions";
import { planWidget, spanOf, stepFor } from "../data/questions";
import type { Scope } from "../data/scope";
import { builtins, joined } from "../data/scope";
import { widgetTitle } from "../diff";
import type { Annotations, Dashboard, Override, Widget } from "../document";
import { writeDashboard } from "../document";
import { MARK_POINTS, questionOf } from "../marks/sources";
import { inSection, originOf, repeatSections, repeatWidgets } from "../repeat";

/** What a viewer may say of a question. */
export interface QuestionName {
  widget: string;
  ref: string;
  /** `mark`: of a source of marks, whose id is in the place of the widget's. */
  role: Role | "mark";
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
  /** Only this widget with its copies, or all of them. */
  only: string | null;
  /** Whether a widget draws an envelope. */
  envelope: (widget: Widget) => boolean;
  scrapeOf?: Wish["scrapeOf"];
  /** For how wide widgets the questions are. */
  widths: readonly number[];
  /** Sources of marks that are on. */
  marks: readonly Annotations[];
  /** Viewers may look closer: finer questions, about all of the time. */
  zoom: boolean;
}

export interface FrozenDashboard {
  spec: Record<string, unknown>;
  questions: FrozenQuestion[];
  marks: FrozenMarkSource[];
  /** What cannot be given away, in words. */
  left: string[];
  /** Values of variables are still on their way. */
  waits: boolean;
}

/** Widgets of every size, from a tile to a whole screen. */
export const ALL_WIDTHS: readonly number[] = [250, 500, 1000, 1500];
/** Parts of the time that are still drawn finely where viewers may look closer, and how wide. */
const PARTS: readonly number[] = [1 / 3, 1 / 10];
const PART_WIDTHS: readonly number[] = [500, 1000];
/** As many steps as the server takes of one question. */
const MOST_STEPS = 10_000;
/** For data that is kept: one resolution for all. */
export const SNAPSHOT_WIDTHS: readonly number[] = [500];

interface Bound {
  widget: Widget;
  scope: Scope;
}

export function freezeDashboard(freezing: Freezing): FrozenDashboard {
  const { scope, only } = freezing;
  const spec = timed(freezing.spec);
  const taken = new Set<string>();
  const widgets: Widget[] = [];
  const frozen: FrozenDashboard = { spec: {}, questions: [], marks: [], left: [], waits: false };
  for (const { widget, scope: own } of shownWidgets(spec, scope)) {
    if (only !== null && originOf(widget.id) !== only) continue;
    const id = plainId(widget.id, taken);
    const filled = filledIn({ ...widget, id }, own);
    widgets.push(filled);
    collect({ ...freezing, scope: own }, { ...widget, id }, frozen);
  }
  freezeMarks(freezing, frozen);
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

const COPY = "--";

/** The id of the widget that a frozen one is a copy of; its own for one that is none. */
export const frozenOrigin = (id: string): string => id.replace(/--\d+$/, "");

/** Ids of copies hold values of variables, which a document does not take and nobody outside must know. */
function plainId(id: string, taken: Set<string>): string {
  const base = (id.split("=", 1)[0] ?? id).slice(0, 56);
  let free = base;
  for (let count = 2; taken.has(free); count += 1) free = `${base}${COPY}${count}`;
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
  const { interval, scope: variables, filters, envelope, scrapeOf, zoom } = freezing;
  const wish = { variables, filters, envelope: envelope(widget), ...(scrapeOf && { scrapeOf }) };
  const known = new Set<string>();
  const steps = new Set<number>();
  for (const size of sizes(freezing)) {
    const span = spanOf(widget, size.interval);
    const step_ms = stepFor(span.end_ms - span.start_ms, size.width, wish.envelope);
    if (steps.has(step_ms)) continue;
    steps.add(step_ms);
    const plan = planWidget(widget, { ...wish, ...size });
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
        span_ms: Math.round(zoom ? reach(span_ms, own_ms, interval) : span_ms),
        instant,
        promql,
      });
    }
  }
}

/** The times and widths that questions are planned for. */
function sizes({ interval, widths, zoom }: Freezing): { interval: Interval; width: number }[] {
  const { start_ms, end_ms } = interval;
  const parts = zoom ? PARTS.map((part) => ({ start_ms: end_ms - (end_ms - start_ms) * part, end_ms })) : [];
  return [
    ...widths.map((width) => ({ interval, width })),
    ...parts.flatMap((part) => PART_WIDTHS.map((width) => ({ interval: part, width }))),
  ];
}

/** How far back a question may ask where viewers look at parts of the time: as far as the time goes. */
const reach = (span_ms: number, step_ms: number, { start_ms, end_ms }: Interval): number =>
  Math.max(span_ms, Math.min(end_ms - start_ms, step_ms * MOST_STEPS));

function freezeMarks({ marks, scope, interval }: Freezing, frozen: FrozenDashboard): void {
  const span_ms = interval.end_ms - interval.start_ms;
  const step_ms = chooseStep(span_ms, MARK_POINTS);
  const names = joined(scope, builtins(step_ms, interval));
  marks.forEach((source, at) => {
    const { kind, name, title, text, color, tags } = source;
    const id = `m${at + 1}`;
    const question = questionOf(source);
    if (kind !== "manual") {
      const { text: promql, problems } = interpolatePromql(question, names);
      const [problem] = problems;
      if (problem !== undefined) frozen.left.push(`${name}: ${problem.message}`);
      if (problem !== undefined || promql.trim() === "") return;
      frozen.questions.push({
        widget: id,
        ref: "A",
        role: "mark",
        step_ms,
        span_ms: Math.round(span_ms),
        instant: false,
        promql,
      });
    }
    frozen.marks.push({ id, kind, name, title, text, color, tags });
  });
}
