/** The marks of a dashboard that was given away, of the sources that were on then. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ShownAnnotation, ShownMarkSource } from "../../api/sharing";
import { alignInterval } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import type { Time } from "../../queries/useTime";
import type { Annotations, Widget } from "../document";
import { newMarkSource } from "../document";
import type { DashboardMark } from "../marks/sources";
import { alertBands, annotationMark, inOrder, queryMarks } from "../marks/sources";
import type { Marks } from "../marks/useMarks";
import { readColumns } from "../marks/useMarks";
import type { ShownQuestion } from "./freeze";
import { frozenOrigin } from "./freeze";
import { questionKey } from "./frozenPlan";
import type { FrozenView } from "./view";

const EVERY_MS = 10_000;
const NOTHING: Found = { marks: [], failed: new Map() };

interface Found {
  marks: readonly DashboardMark[];
  /** Why there are none of a source, by its id. */
  failed: ReadonlyMap<string, string>;
}

const sourceOf = ({ name, kind, title, text, color }: ShownMarkSource): Annotations => ({
  ...newMarkSource(name, kind),
  title,
  text,
  color,
});

/** Of all sources; one that fails does not take the others along. */
async function askAll({ marks, questions, doors, whole }: FrozenView, widgets: readonly Widget[], signal: AbortSignal) {
  const failed = new Map<string, string>();
  const interval = whole();
  const note = (id: string, error: unknown): [] => {
    if (!signal.aborted) failed.set(id, error instanceof Error ? error.message : String(error));
    return [];
  };
  const manual = marks.filter((one) => one.kind === "manual");
  const annotations =
    manual.length === 0
      ? []
      : await doors.annotations(signal).catch((error: unknown) => manual.flatMap(({ id }) => note(id, error)));
  const found = marks.map(async (source) => {
    const question = questions.find((one) => one.role === "mark" && one.widget === source.id);
    if (question === undefined) return noted(source, annotations, widgets);
    return asked(source, question, doors, interval, signal).catch((error: unknown) => note(source.id, error));
  });
  return { marks: inOrder((await Promise.all(found)).flat()), failed };
}

async function asked(
  source: ShownMarkSource,
  question: ShownQuestion,
  doors: FrozenView["doors"],
  interval: Interval,
  signal: AbortSignal,
): Promise<DashboardMark[]> {
  const { step_ms } = question;
  const wish = { promql: questionKey(question), step_ms, ...alignInterval(interval, step_ms) };
  const view = readColumns(await doors.load(wish, signal), step_ms);
  return source.kind === "alerts" ? alertBands(sourceOf(source), view) : queryMarks(sourceOf(source), view);
}

/** An annotation of one widget is shown by all its copies. */
export function noted(
  { id, color }: ShownMarkSource,
  annotations: readonly ShownAnnotation[],
  widgets: readonly Pick<Widget, "id">[],
): DashboardMark[] {
  return annotations
    .filter((one) => one.source === id)
    .flatMap((annotation) => {
      const { widget } = annotation;
      const on = widget === "" ? [""] : widgets.map((one) => one.id).filter((one) => frozenOrigin(one) === widget);
      return on.map((shownBy) => annotationMark(annotation, color, shownBy));
    });
}

export function useFrozenMarks(view: FrozenView, widgets: readonly Widget[], time: Time): Marks {
  const { id, marks: sources } = view;
  const { data = NOTHING } = useQuery({
    queryKey: ["frozen marks", id],
    queryFn: ({ signal }) => askAll(view, widgets, signal),
    refetchInterval: time.moving && !time.paused ? EVERY_MS : false,
    gcTime: 0,
    enabled: sources.length > 0,
  });
  return useMemo(
    () => ({
      marks: data.marks,
      sources: sources.map((one) => ({ source: sourceOf(one), on: true, error: data.failed.get(one.id) ?? null })),
      annotations: [],
      strange: new Set<string>(),
      turn: () => undefined,
      refresh: () => Promise.resolve(),
      annotate: null,
    }),
    [data, sources],
  );
}
