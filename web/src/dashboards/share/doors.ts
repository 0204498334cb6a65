/** Where the widgets of a dashboard that was given away get their data: a public link, or the data of a snapshot. */

import type { ColumnsAnswer, RangeRequest } from "../../api/client";
import { ApiError } from "../../api/client";
import type { Columns, ShownAnnotation, SnapshotAnswer } from "../../api/sharing";
import { LIVE_PATH, SUBPROTOCOL, publicData, publicQuery } from "../../api/sharing";
import type { Interval } from "../../data/timeRange";
import type { LiveClient } from "../../live/client";
import type { Connect } from "../../live/transport";
import { webSocket } from "../../live/transport";
import type { SourceDoors } from "../../queries/source";
import type { ShownQuestion } from "./freeze";
import { questionKey, readKey } from "./frozenPlan";

export interface FrozenDoors extends Pick<SourceDoors, "load" | "subscribe"> {
  /** Those of its time. */
  annotations: (signal: AbortSignal) => Promise<readonly ShownAnnotation[]>;
}

function answerOf(data: Columns, query_time_ms: number, bytes: number): ColumnsAnswer {
  const total_points = data.series.reduce((sum, one) => sum + one.values.length, 0);
  return {
    status: "success",
    data: { resultType: "matrix", ...data },
    total_points,
    aggregation: "none",
    cache_hit: false,
    query_time_ms,
    promql: "",
    stats: {},
    warnings: [],
    infos: [],
    bytes,
  };
}

/** Questions by their names, to the server; about no time but the `whole`, as far as each reaches into it. */
export function publicDoors(
  token: string,
  live: LiveClient,
  questions: readonly ShownQuestion[],
  whole: () => Interval,
): FrozenDoors {
  const reaches = new Map(questions.map((one) => [questionKey(one), one.span_ms]));
  return {
    load: async ({ promql, step_ms, start_ms, end_ms }: RangeRequest, signal) => {
      const earliest_ms = whole().end_ms - (reaches.get(promql) ?? Infinity);
      const moment = { start_ms: Math.round(Math.max(start_ms, earliest_ms)), end_ms: Math.round(end_ms) };
      if (moment.end_ms < moment.start_ms) return answerOf({ timestamps_ms: [], step_ms, series: [] }, 0, 0);
      const answer = await publicQuery(token, { ...readKey(promql), ...moment }, signal);
      return answerOf(answer.data, answer.query_time_ms, answer.bytes);
    },
    subscribe: (wish, since_ms, reach_ms, listener) => live.subscribe(wish, since_ms, reach_ms, listener),
    annotations: (signal) => publicData<ShownAnnotation[]>(token, "annotations", signal),
  };
}

/** A socket of a public link: the names of questions take the place of their texts. */
export function publicSocket(token: string): Connect {
  const open = webSocket(
    () => new URL(LIVE_PATH, location.origin).href.replace(/^http/, "ws"),
    () => [SUBPROTOCOL, token],
  );
  return (events, wishes) => {
    const transport = open(events, wishes);
    return { ...transport, send: (text) => transport.send(named(text)) };
  };
}

/** A message with the question's name in place of its text. */
export function named(text: string): string {
  const { promql, ...message } = JSON.parse(text) as Record<string, unknown> & { promql?: string };
  return promql === undefined ? text : JSON.stringify({ ...message, ...readKey(promql) });
}

function cut({ timestamps_ms, step_ms, series }: Columns, start_ms: number, end_ms: number): Columns {
  const from = timestamps_ms.findIndex((one) => one >= start_ms);
  const to = timestamps_ms.findLastIndex((one) => one <= end_ms) + 1;
  if (from === -1 || to <= from) return { timestamps_ms: [], step_ms, series: [] };
  if (from === 0 && to === timestamps_ms.length) return { timestamps_ms, step_ms, series };
  return {
    timestamps_ms: timestamps_ms.slice(from, to),
    step_ms,
    series: series.map(({ labels, values }) => ({ labels, values: values.slice(from, to) })),
  };
}

/** What was answered when the snapshot was taken. */
export function snapshotDoors(
  questions: readonly ShownQuestion[],
  answers: readonly SnapshotAnswer[],
  annotations: readonly ShownAnnotation[] = [],
): FrozenDoors {
  const known = new Map(questions.map((question, at) => [questionKey(question), answers[at]]));
  const moments = new Set(questions.filter((one) => one.instant).map(questionKey));
  return {
    load: ({ promql, step_ms, start_ms, end_ms }) => {
      const answer = known.get(promql);
      if (answer === undefined || (answer.error ?? "") !== "") {
        const why = answer === undefined ? "The snapshot has no answer to this." : "This could not be answered.";
        return Promise.reject(new ApiError(why, answer?.error ?? "not_found", 0, null, null, null));
      }
      const { timestamps_ms = [], series = [] } = answer;
      const whole = { timestamps_ms, step_ms, series };
      // of one moment there is one value, whatever part of the time is looked at
      return Promise.resolve(answerOf(moments.has(promql) ? whole : cut(whole, start_ms, end_ms), 0, 0));
    },
    subscribe: () => () => undefined,
    annotations: () => Promise.resolve(annotations),
  };
}
