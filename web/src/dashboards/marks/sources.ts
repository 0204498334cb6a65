/** Where marks on the time axis come from, which sources are on, and what an answer says as marks. Pure. */

import { agrees, isAbout } from "../../charts/pointed";
import type { Labels } from "../../data/labels";
import type { MatrixView } from "../../data/matrix";
import type { WidgetMark } from "../../widgets/plugin";
import { fillTemplate } from "../data/fields";
import { originOf } from "../repeat";
import type { Annotations } from "../document";
import { newMarkSource } from "../document";

/** A mark of the dashboard; not every widget shows it. */
export interface DashboardMark extends WidgetMark {
  /** Only widgets about these labels show it; null: all of them. */
  labels: Labels | null;
  /** Only this widget shows it; empty: all of them. */
  widget: string;
  /** The alert that it tells of; only widgets that its rule watches show it, where that is known. */
  alert?: string;
}

/** An annotation as the server tells it. */
export interface Annotation {
  id: string;
  version: number;
  time_ms: number;
  end_ms: number | null;
  title: string;
  text: string;
  tags: string[];
  dashboard: string;
  widget: string;
  created_by: string;
}

/** What the address says about which sources are on. */
export const MARKS_PARAM = "marks";
const ALERTS = 'ALERTS{alertstate=~"pending|firing"}';
const MOST = 500;
/** How finely sources are asked: as many points over the window. */
export const MARK_POINTS = 500;

const USUAL: readonly Annotations[] = [newMarkSource("Annotations", "manual"), newMarkSource("Alerts", "alerts")];

/** Those of the document; a dashboard that says nothing has annotations and alerts. */
export const sourcesOf = (own: readonly Annotations[]): readonly Annotations[] => (own.length === 0 ? USUAL : own);

/** The names that are on: by the address, else as the author left them. */
export function shownSources(sources: readonly Annotations[], params: URLSearchParams): Set<string> {
  if (params.has(MARKS_PARAM)) return new Set(params.getAll(MARKS_PARAM).filter((name) => name !== ""));
  return new Set(sources.filter((one) => one.enabled).map((one) => one.name));
}

/** What the address says once a source is switched; null: as the author left them. */
export function switched(
  sources: readonly Annotations[],
  shown: ReadonlySet<string>,
  name: string,
  on: boolean,
): string[] | null {
  const next = sources.filter((one) => (one.name === name ? on : shown.has(one.name)));
  if (next.length === sources.filter((one) => one.enabled).length && next.every((one) => one.enabled)) return null;
  return next.length === 0 ? [""] : next.map((one) => one.name);
}

/** What a source asks; empty: nothing. */
export const questionOf = ({ kind, query }: Annotations): string =>
  kind === "manual" ? "" : query.trim() === "" && kind === "alerts" ? ALERTS : query;

/** Annotations of this dashboard and of all dashboards, with one of the source's tags where it has any. */
export function annotationMarks(
  { tags, color }: Annotations,
  found: readonly Annotation[],
  dashboard: string,
): DashboardMark[] {
  return found
    .filter((one) => one.dashboard === "" || one.dashboard === dashboard)
    .filter((one) => tags.length === 0 || one.tags.some((tag) => tags.includes(tag)))
    .map((one) => annotationMark(one, color, one.widget));
}

export const annotationMark = (
  { time_ms, end_ms, title, text }: Pick<Annotation, "time_ms" | "end_ms" | "title" | "text">,
  color: string,
  widget: string,
): DashboardMark => ({
  time_ms,
  end_ms,
  title,
  text,
  kind: "annotation",
  status: "none",
  color,
  labels: null,
  widget,
});

interface Run {
  from: number;
  /** The row after its last. */
  to: number;
  value: number;
}

/** Stretches of one value that is there and not 0. */
export function runsOf(values: Float64Array): Run[] {
  const runs: Run[] = [];
  values.forEach((value, row) => {
    if (Number.isNaN(value) || value === 0) return;
    const last = runs.at(-1);
    if (last?.to === row && last.value === value) last.to = row + 1;
    else runs.push({ from: row, to: row + 1, value });
  });
  return runs;
}

const OWN = new Set(["__name__", "alertname", "alertstate", "severity"]);

const own = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).filter(([name]) => !OWN.has(name)));

const pairs = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

function write(template: string, labels: Labels, otherwise: string): string {
  return template === "" ? otherwise : fillTemplate(template, labels);
}

/** A band for each stretch that an alert was pending or firing. */
export function alertBands(source: Annotations, { times_ms, series, step_ms }: MatrixView): DashboardMark[] {
  return series.flatMap(({ labels, values }) => {
    const firing = labels["alertstate"] === "firing";
    return runsOf(values).map(({ from, to }): DashboardMark => ({
      time_ms: times_ms[from] ?? 0,
      end_ms: (times_ms[to - 1] ?? 0) + step_ms,
      title: write(source.title, labels, labels["alertname"] ?? source.name),
      text: write(source.text, labels, [firing ? "firing" : "pending", pairs(own(labels))].join(" ")),
      kind: "alert",
      status: firing ? "crit" : "warn",
      labels: own(labels),
      widget: "",
      alert: labels["alertname"] ?? "",
    }));
  });
}

/**
 * Where a question's value became something else than 0: a band while it is 1, which is how a state is told, and a moment
 * for any other value, such as a version or the start of a process. What has not changed in the window is no event.
 */
export function queryMarks(source: Annotations, { times_ms, series, step_ms }: MatrixView): DashboardMark[] {
  return series.flatMap(({ labels, values }) =>
    runsOf(values)
      .filter(({ from, value }) => value === 1 || from > 0)
      .map(({ from, to, value }): DashboardMark => ({
        time_ms: times_ms[from] ?? 0,
        end_ms: value === 1 && to - from > 1 ? (times_ms[to - 1] ?? 0) + step_ms : null,
        title: write(source.title, labels, source.name),
        text: write(source.text, labels, pairs(own(labels))),
        kind: "annotation",
        status: "none",
        color: source.color,
        labels: null,
        widget: "",
      })),
  );
}

/** The earliest first; of too many, the newest. */
export const inOrder = (marks: readonly DashboardMark[]): DashboardMark[] =>
  [...marks].sort((a, b) => a.time_ms - b.time_ms).slice(-MOST);

/** What is known of rules: alerts of which there is none here, and those whose rules watch the widget. */
export interface Watched {
  strange: ReadonlySet<string>;
  names: ReadonlySet<string> | null;
}

/** The marks that one widget shows, by its id, the labels of its series and the rules that watch it. */
export function marksFor(
  marks: readonly DashboardMark[],
  id: string,
  series: readonly Labels[],
  { strange, names }: Watched,
): readonly WidgetMark[] {
  const shown = marks.filter(({ widget, labels, alert = "" }) => {
    if (widget !== "" && widget !== originOf(id)) return false;
    if (labels === null) return true;
    if (alert === "" || names === null || strange.has(alert)) {
      return Object.keys(labels).length === 0 || series.some((one) => isAbout(labels, one));
    }
    return names.has(alert) && series.some((one) => agrees(labels, one));
  });
  return shown.length === marks.length ? marks : shown;
}
