/** Where the widgets of a dashboard that was given away get their data: a public link, or the data of a snapshot. */

import type { ColumnsAnswer, RangeRequest } from "../../api/client";
import { ApiError } from "../../api/client";
import type { Columns, SnapshotAnswer } from "../../api/sharing";
import { LIVE_PATH, SUBPROTOCOL, publicQuery } from "../../api/sharing";
import type { LiveClient } from "../../live/client";
import type { Connect } from "../../live/transport";
import { webSocket } from "../../live/transport";
import type { SourceDoors } from "../../queries/source";
import type { ShownQuestion } from "./freeze";
import { questionKey, readKey } from "./frozenPlan";

export type FrozenDoors = Pick<SourceDoors, "load" | "subscribe">;

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

/** Questions by their names, to the server. */
export function publicDoors(token: string, live: LiveClient): FrozenDoors {
  return {
    load: async ({ promql, start_ms, end_ms }: RangeRequest, signal) => {
      const moment = { start_ms: Math.round(start_ms), end_ms: Math.round(end_ms) };
      const answer = await publicQuery(token, { ...readKey(promql), ...moment }, signal);
      return answerOf(answer.data, answer.query_time_ms, answer.bytes);
    },
    subscribe: (wish, since_ms, reach_ms, listener) => live.subscribe(wish, since_ms, reach_ms, listener),
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

/** What was answered when the snapshot was taken. */
export function snapshotDoors(questions: readonly ShownQuestion[], answers: readonly SnapshotAnswer[]): FrozenDoors {
  const known = new Map(questions.map((question, at) => [questionKey(question), answers[at]]));
  return {
    load: ({ promql, step_ms }) => {
      const answer = known.get(promql);
      if (answer === undefined || (answer.error ?? "") !== "") {
        const why = answer === undefined ? "The snapshot has no answer to this." : "This could not be answered.";
        return Promise.reject(new ApiError(why, answer?.error ?? "not_found", 0, null, null, null));
      }
      const { timestamps_ms = [], series = [] } = answer;
      return Promise.resolve(answerOf({ timestamps_ms, step_ms, series }, 0, 0));
    },
    subscribe: () => () => undefined,
  };
}
