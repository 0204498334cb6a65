/** What the track shows: one series over all that can be played, and what is worth jumping to. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { getJson } from "../../api/http";
import { displayName, varyingLabels } from "../../data/labels";
import type { MatrixView } from "../../data/matrix";
import type { PlaybackState } from "../../data/playback";
import type { Mark, Noted } from "../../data/playbackMarks";
import { alertMarks, gapMarks, inOrder, noteMarks } from "../../data/playbackMarks";
import { chooseStep } from "../../data/step";
import { usePlayback } from "../../queries/usePlayback";
import type { SourceTime } from "../../queries/useSource";
import { useSource } from "../../queries/useSource";
import { useSession } from "../../queries/session";
import { gapsOf } from "./trackPaint";

export interface TrackChoice {
  title: string;
  promql: string;
}

export interface Track {
  view: MatrixView;
  marks: readonly Mark[];
  loading: boolean;
  /** The questions that can be shown, and which is. */
  choices: readonly TrackChoice[];
  chosen: string;
  choose: (promql: string) => void;
  /** The series of the answer, and which is shown. */
  series: readonly { key: string; name: string }[];
  shownKey: string;
  show: (key: string) => void;
}

const POINTS = 600;
const ALERTS = 'ALERTS{alertstate=~"pending|firing"}';
const TITLE_LENGTH = 70;

const short = (promql: string): string =>
  promql.length > TITLE_LENGTH ? `${promql.slice(0, TITLE_LENGTH)}\u2026` : promql;

function fixedTime({ range }: PlaybackState): SourceTime {
  const step_ms = chooseStep(range.end_ms - range.start_ms, POINTS);
  const windowKey = `${range.start_ms} ${range.end_ms}`;
  return { step_ms, interval_ms: 0, moving: false, windowKey, window: () => range };
}

const NO_NOTES: readonly Noted[] = [];

function useNotes({ range }: PlaybackState): readonly Noted[] {
  const [start_ms, end_ms] = [Math.floor(range.start_ms), Math.ceil(range.end_ms)];
  const { data } = useQuery({
    queryKey: ["annotations", start_ms, end_ms],
    queryFn: async ({ signal }) =>
      (await getJson<Noted[]>(`/api/v1/annotations?start_ms=${start_ms}&end_ms=${end_ms}`, signal)).data,
  });
  return data ?? NO_NOTES;
}

export function useTrack(state: PlaybackState, named: readonly TrackChoice[] | undefined): Track {
  const { pool } = useSession();
  const { playback } = usePlayback();
  const followed = useSyncExternalStore(pool.watch, pool.readFollowed);
  const choices = useMemo(
    () => named ?? followed.map((promql) => ({ title: short(promql), promql })),
    [named, followed],
  );
  const [wish, choose] = useState("");
  const chosen = choices.find((one) => one.promql === wish)?.promql ?? choices[0]?.promql ?? "";
  const { start_ms, end_ms } = state.range;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- both ends are all that is read of the state
  const time = useMemo(() => fixedTime(state), [start_ms, end_ms]);
  const line = useSource({ slot: "playback track", promql: chosen === "" ? "vector(0) > 1" : chosen }, time);
  const alerts = useSource({ slot: "playback alerts", promql: ALERTS }, time);
  const whole = useMemo(() => {
    const view = line.source.matrix.view();
    return { ...view, series: view.series };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the state changes with what the matrix holds
  }, [line.source, line.state]);
  const series = useMemo(() => {
    const varying = varyingLabels(whole.series.map((one) => one.labels));
    return whole.series.map(({ key, labels }) => ({ key, name: displayName(labels, varying) }));
  }, [whole]);
  const [key, show] = useState("");
  const shown = whole.series.find((one) => one.key === key) ?? whole.series[0];
  const view = useMemo(() => ({ ...whole, series: shown === undefined ? [] : [shown] }), [whole, shown]);
  const notes = useNotes(state);
  const marks = useMemo(() => {
    const range = { start_ms, end_ms };
    return inOrder([
      ...noteMarks(notes),
      ...alertMarks(alerts.source.matrix.view()),
      ...gapMarks(gapsOf({ range, view: whole })),
    ]);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the state changes with what the matrix holds
  }, [notes, alerts.source, alerts.state, whole, start_ms, end_ms]);
  useEffect(() => {
    playback.setMarks(marks);
  }, [playback, marks]);
  const loading = line.state.status === "first" || line.state.status === "loading";
  return { view, marks, loading, choices, chosen, choose, series, shownKey: shown?.key ?? "", show };
}
