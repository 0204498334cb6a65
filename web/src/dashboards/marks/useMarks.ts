/** The marks of the open dashboard: asked for all sources that are on, over the time that is shown or played. */

import { replaceEqualDeep, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useMemo, useRef } from "react";
import { strangeAlerts } from "../../api/alerts";
import type { ColumnsAnswer } from "../../api/client";
import { rangeColumns } from "../../api/client";
import { getJson } from "../../api/http";
import type { MatrixView } from "../../data/matrix";
import { identity } from "../../data/labels";
import { wireValue } from "../../data/matrix";
import { alignInterval, chooseStep } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import { useMay } from "../../queries/account";
import { usePlayback } from "../../queries/usePlayback";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { useLocationText } from "../../queries/useTime";
import type { WidgetData, WidgetLimit } from "../../widgets/plugin";
import type { Watching } from "../alerts/useWatching";
import type { WidgetFeedData } from "../data/useWidgetData";
import { interpolatePromql } from "../data/interpolate";
import type { Scope } from "../data/scope";
import { builtins, joined } from "../data/scope";
import { useScope } from "../data/variables";
import type { Annotations } from "../document";
import { useDashboard } from "../store";
import type { Annotation, DashboardMark } from "./sources";
import {
  MARKS_PARAM,
  MARK_POINTS,
  alertBands,
  annotationMarks,
  inOrder,
  marksFor,
  questionOf,
  queryMarks,
  shownSources,
  sourcesOf,
  switched,
} from "./sources";

export interface MarkSource {
  source: Annotations;
  on: boolean;
  error: string | null;
}

export interface Marks {
  marks: readonly DashboardMark[];
  sources: readonly MarkSource[];
  /** Annotations in the window, newest first. */
  annotations: readonly Annotation[];
  turn: (name: string, on: boolean) => void;
  /** Alerts among the marks that no rule here makes. */
  strange: ReadonlySet<string>;
  /** After an annotation was made, changed or deleted. */
  refresh: () => Promise<void>;
  /** Opens the dialog of a new annotation; null: they may not write. */
  annotate: ((start_ms: number, end_ms: number, widget: string) => void) | null;
}

const EVERY_MS = 10_000;
const PATH = "/api/v1/annotations";
const KEY = "dashboard marks";

interface Found {
  marks: readonly DashboardMark[];
  annotations: readonly Annotation[];
  errors: ReadonlyMap<string, string>;
}

const NONE: ReadonlySet<string> = new Set();
const RULES_MS = 60_000;
const NOTHING: Found = { marks: [], annotations: [], errors: new Map() };

export function readColumns({ data }: Pick<ColumnsAnswer, "data">, step_ms: number): MatrixView {
  const series = data.series.map(({ labels, values }) => ({
    key: identity(labels),
    labels,
    values: Float64Array.from(values, wireValue),
  }));
  return { step_ms, times_ms: Float64Array.from(data.timestamps_ms), series };
}

interface Asking {
  sources: readonly Annotations[];
  dashboard: string;
  interval: Interval;
  scope: Scope;
}

/** Everything of one round; a source that fails does not take the others along. */
async function askAll({ sources, dashboard, interval, scope }: Asking, signal: AbortSignal): Promise<Found> {
  const step_ms = chooseStep(interval.end_ms - interval.start_ms, MARK_POINTS);
  const names = joined(scope, builtins(step_ms, interval));
  const errors = new Map<string, string>();
  const { start_ms, end_ms } = interval;
  const query = `start_ms=${Math.floor(start_ms)}&end_ms=${Math.ceil(end_ms)}`;
  const about = dashboard === "" ? "" : `&dashboard=${encodeURIComponent(dashboard)}`;
  const manual = sources.filter((one) => one.kind === "manual");
  let annotations: readonly Annotation[] = [];
  const asked = sources.map(async (source): Promise<DashboardMark[]> => {
    const question = questionOf(source);
    if (question.trim() === "") return [];
    try {
      const { text: promql, problems } = interpolatePromql(question, names);
      const [problem] = problems;
      if (problem !== undefined) throw new Error(problem.message);
      const answer = await rangeColumns({ promql, step_ms, ...alignInterval(interval, step_ms) }, signal);
      const view = readColumns(answer, step_ms);
      return source.kind === "alerts" ? alertBands(source, view) : queryMarks(source, view);
    } catch (error) {
      if (!signal.aborted) errors.set(source.name, error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  if (manual.length > 0) {
    try {
      annotations = (await getJson<Annotation[]>(`${PATH}?${query}${about}`, signal)).data;
    } catch (error) {
      for (const { name } of manual) errors.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const marks = (await Promise.all(asked)).flat();
  const noted = manual.flatMap((source) => annotationMarks(source, annotations, dashboard));
  return { marks: inOrder([...marks, ...noted]), annotations, errors };
}

export function useMarksOf(time: Time, annotate: Marks["annotate"]): Marks {
  const { location } = useSession();
  const client = useQueryClient();
  const place = useLocationText();
  const may = useMay();
  const dashboard = useDashboard((state) => state.kept?.id ?? "");
  const own = useDashboard((state) => state.draft.spec.annotations);
  const { scope } = useScope();
  const { state } = usePlayback();
  const all = useMemo(() => sourcesOf(own), [own]);
  const shown = useMemo(() => shownSources(all, new URLSearchParams(place.split("?")[1] ?? "")), [all, place]);
  const sources = all.filter((one) => shown.has(one.name));
  const played = state === null ? "" : `${state.range.start_ms} ${state.range.end_ms}`;
  const interval = (): Interval => {
    const window = time.window();
    if (state === null) return window;
    // the whole recording at once, with what is shown at its start
    return { start_ms: state.range.start_ms - time.span_ms, end_ms: state.range.end_ms };
  };
  const last = useRef(NOTHING.marks);
  const { data = NOTHING } = useQuery({
    queryKey: [KEY, dashboard, sources, played === "" ? time.windowKey : played, time.span_ms, [...scope]],
    queryFn: async ({ signal }) => {
      const found = await askAll({ sources, dashboard, interval: interval(), scope }, signal);
      // marks that are the same as those of another time are drawn already
      last.current = replaceEqualDeep(last.current, found.marks);
      return { ...found, marks: last.current };
    },
    refetchInterval: time.moving && !time.paused && state === null ? EVERY_MS : false,
    placeholderData: (before) => before,
    enabled: sources.length > 0,
  });
  const names = useMemo(
    () => [...new Set(data.marks.flatMap(({ alert = "" }) => alert))].filter(Boolean).sort(),
    [data],
  );
  const { data: strange = NONE } = useQuery({
    queryKey: ["alerts without a rule", names],
    queryFn: ({ signal }) => strangeAlerts(names, signal),
    staleTime: RULES_MS,
    placeholderData: (before) => before,
    enabled: names.length > 0,
  });
  const turn = useCallback(
    (name: string, on: boolean) => location.change({ [MARKS_PARAM]: switched(all, shown, name, on) }, "replace"),
    [location, all, shown],
  );
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: [KEY] }), [client]);
  const mayWrite = may("documents:write");
  return useMemo(
    () => ({
      marks: sources.length === 0 ? NOTHING.marks : data.marks,
      annotations: data.annotations,
      strange,
      sources: all.map((source) => ({
        source,
        on: shown.has(source.name),
        error: shown.has(source.name) ? (data.errors.get(source.name) ?? null) : null,
      })),
      turn,
      refresh,
      annotate: mayWrite ? annotate : null,
    }),
    [sources.length, data, strange, all, shown, turn, refresh, mayWrite, annotate],
  );
}

/** A dashboard that is only looked at from outside has no marks. */
const Context = createContext<Marks>({
  marks: [],
  sources: [],
  annotations: [],
  strange: NONE,
  turn: () => undefined,
  refresh: () => Promise.resolve(),
  annotate: null,
});

export const MarksProvider = Context.Provider;

export const useMarks = (): Marks => use(Context);

const NO_LIMITS: readonly WidgetLimit[] = [];

/** What of them one widget shows, and the thresholds of rules while alerts are shown. */
export function useWidgetMarks(
  id: string,
  { frame }: Pick<WidgetFeedData, "frame">,
  { names, limits }: Watching,
): Required<Pick<WidgetData, "marks" | "limits">> {
  const { marks, strange, sources } = useMarks();
  const labels = frame.series.map((one) => one.key).join("\n");
  const own = useMemo(
    () =>
      marksFor(
        marks,
        id,
        frame.series.map((one) => one.labels),
        { strange, names },
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the keys stand for the labels of the series
    [marks, id, labels, strange, names],
  );
  const alerts = sources.some(({ on, source }) => on && source.kind === "alerts");
  return { marks: own, limits: alerts ? limits : NO_LIMITS };
}
