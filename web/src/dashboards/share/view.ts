/** What a token or a snapshot opens, as one thing to show. */

import type { FrozenTime, PublicDashboard, ShownAnnotation, ShownMarkSource, SnapshotFile } from "../../api/sharing";
import type { Interval } from "../../data/timeRange";
import type { ServerClock } from "../../live/clock";
import type { LiveClient } from "../../live/client";
import type { FrozenDoors } from "./doors";
import { publicDoors, snapshotDoors } from "./doors";
import type { ShownQuestion } from "./freeze";

export interface FrozenView {
  /** Names it among all that was opened since the page was loaded. */
  id: string;
  title: string;
  spec: unknown;
  questions: readonly ShownQuestion[];
  marks: readonly ShownMarkSource[];
  /** Viewers may look closer at parts of its time. */
  zoom: boolean;
  /** All of its time, at this moment. */
  whole: () => Interval;
  doors: FrozenDoors;
  live: LiveClient;
}

const wholeOf =
  ({ last_ms = 0, start_ms = 0, end_ms = 0 }: FrozenTime, clock: Pick<ServerClock, "now">) =>
  () => {
    if (last_ms === 0) return { start_ms, end_ms };
    const now_ms = clock.now();
    return { start_ms: now_ms - last_ms, end_ms: now_ms };
  };

export function linkView(
  token: string,
  { title, spec, questions, marks, zoom, time }: PublicDashboard<ShownQuestion>,
  live: LiveClient,
  clock: Pick<ServerClock, "now">,
): FrozenView {
  const whole = wholeOf(time, clock);
  return {
    id: token,
    title,
    spec,
    questions,
    marks,
    zoom,
    whole,
    doors: publicDoors(token, live, questions, whole),
    live,
  };
}

/** All data are there: looking closer asks for nothing. */
export function snapshotView(id: string, file: SnapshotFile<ShownQuestion>, live: LiveClient): FrozenView {
  const { title, dashboard: spec, questions, answers, time, marks = [] } = file;
  const annotations: readonly ShownAnnotation[] = file.annotations ?? [];
  const doors = snapshotDoors(questions, answers, annotations);
  return { id, title, spec, questions, marks, zoom: true, whole: () => time, doors, live };
}

/** Whether a widget of it is of a plugin. */
export const hasPlugins = (spec: unknown): boolean => JSON.stringify(spec).includes('"kind":"plugin:');
