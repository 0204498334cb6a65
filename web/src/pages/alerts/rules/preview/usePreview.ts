/** What a rule would have done over a time, and the values that it looked at. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { rangeColumns } from "../../../../api/client";
import type { Backtest, Band, Rule } from "../../../../api/rules";
import { backtest, pastOf } from "../../../../api/rules";
import type { Labels } from "../../../../data/labels";
import type { MatrixView } from "../../../../data/matrix";
import { mergeViews } from "../../../../data/merge";
import { chooseStep } from "../../../../data/step";
import type { Interval } from "../../../../data/timeRange";
import { readColumns } from "../../../../dashboards/marks/useMarks";
import type { Time } from "../../../../queries/useTime";
import { cleaned, drawnOfRule, isAlert, isAskable } from "../rule";
import { onSteps, stepOf } from "./replay";
import { useSettled } from "./useSettled";

const IDLE_MS = 500;
const POINTS = 700;
const KEPT_MS = 60_000;
/** Conditions of many parts are drawn by the first of their queries. */
const MOST_QUERIES = 6;

export interface Preview {
  interval: Interval;
  step_ms: number;
  replay: Backtest | undefined;
  view: MatrixView | undefined;
  busy: boolean;
  /** Of the replay, which is what counts; a picture alone may be missing. */
  error: Error | null;
  /** Asks again, up to now. */
  again: () => void;
}

async function values(queries: readonly string[], interval: Interval, signal: AbortSignal): Promise<MatrixView> {
  const step_ms = chooseStep(interval.end_ms - interval.start_ms, POINTS);
  const answers = await Promise.all(
    queries.slice(0, MOST_QUERIES).map((promql) => rangeColumns({ promql, ...interval, step_ms }, signal)),
  );
  return mergeViews(
    answers.map((answer, at) => ({ prefix: answers.length > 1 ? `${at} ` : "", view: readColumns(answer, step_ms) })),
  );
}

/** When alerts of a rule that is saved fired in fact; undefined: not known, or there is none. */
export function usePast(name: string | null, interval: Interval): readonly Band[] | undefined {
  const { data } = useQuery({
    queryKey: ["past of a rule", name, interval],
    queryFn: ({ signal }) => pastOf(name ?? "", interval, signal),
    enabled: name !== null && name !== "",
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => data?.map((one) => ({ ...one, value: null })), [data]);
}

/** `labels` are those of its group. */
export function usePreview(rule: Rule, labels: Labels, interval_ms: number, time: Time): Preview {
  const asked = JSON.stringify(cleaned({ ...rule, labels: { ...labels, ...rule.labels } }));
  const settled = useSettled(asked, IDLE_MS);
  const [runs, setRuns] = useState(0);
  const { window, windowKey } = time;
  const wish = useMemo(() => {
    const meant = JSON.parse(settled) as Rule;
    const whole = window();
    const step_ms = stepOf(interval_ms, whole);
    return { meant, step_ms, interval: onSteps(whole, step_ms), queries: drawnOfRule(meant).queries };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the window's key and the runs stand for the window
  }, [settled, interval_ms, windowKey, runs]);
  const { meant, step_ms, interval, queries } = wish;
  const askable = isAskable(meant);
  const kept = { retry: false, gcTime: KEPT_MS, staleTime: Infinity, placeholderData: keepPreviousData };
  const replay = useQuery({
    queryKey: ["backtest", settled, interval, step_ms],
    // the name of an alert does not matter to when it fires
    queryFn: ({ signal }) =>
      backtest({ rule: { ...meant, alert: meant.alert || "Draft" }, ...interval, step_ms }, signal),
    enabled: askable && isAlert(meant),
    ...kept,
  });
  const picture = useQuery({
    queryKey: ["backtest values", queries, interval],
    queryFn: ({ signal }) => values(queries, interval, signal),
    enabled: askable && queries.length > 0,
    ...kept,
  });
  return {
    interval,
    step_ms,
    replay: askable ? replay.data : undefined,
    view: askable ? picture.data : undefined,
    busy: replay.isFetching || picture.isFetching,
    error: isAlert(meant) ? replay.error : picture.error,
    again: () => setRuns((count) => count + 1),
  };
}
