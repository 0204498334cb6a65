/** Alerts of the dashboard's time: those of the window while it is live, of the whole recording while one plays. */

import { useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { periodsWithin, toldAlerts } from "../../api/alerts";
import type { Labels } from "../../data/labels";
import type { Interval } from "../../data/timeRange";
import { useMay } from "../../queries/account";
import { usePlayback } from "../../queries/usePlayback";
import type { Time } from "../../queries/useTime";
import { useCanvas } from "../canvas/actions";
import { useDashboardContext } from "../context";
import { builtins, joined } from "../data/scope";
import { interpolatePromql } from "../data/interpolate";
import { useScope } from "../data/variables";
import type { AlertMark, AlertSign } from "./periods";
import { periodMarks, selectorOf, signOf } from "./periods";

const EVERY_MS = 5000;
/** Headers can wait a little longer. */
const SIGNS_EVERY_MS = 10_000;
/** What is open now is told by the evaluations of the last minutes. */
const RECENT_MS = 600_000;
const NONE: readonly AlertMark[] = [];

interface Asked {
  marks: readonly AlertMark[];
  error: Error | null;
  retry: () => void;
}

/** `reach_ms`: how far back one has to look; null: as far as the window does. */
function useMarksWithin(
  time: Time,
  match: string,
  reach_ms: number | null,
  { acknowledged, wanted }: { acknowledged: boolean; wanted: boolean },
): Asked {
  const { state } = usePlayback();
  const may = useMay();
  const played = state === null ? "" : `${state.range.start_ms} ${state.range.end_ms}`;
  const interval = (): Interval => {
    if (state !== null) return { start_ms: state.range.start_ms - time.span_ms, end_ms: state.range.end_ms };
    const window = time.window();
    return reach_ms === null ? window : { start_ms: window.end_ms - reach_ms, end_ms: window.end_ms };
  };
  const { data, error, refetch } = useQuery({
    queryKey: ["alerts of the dashboard", played === "" ? time.windowKey : played, reach_ms, match, acknowledged],
    queryFn: async ({ signal }) => {
      const { start_ms, end_ms } = interval();
      const [periods, told] = await Promise.all([
        periodsWithin(start_ms, end_ms, signal, match),
        acknowledged && state === null ? toldAlerts(signal) : { alerts: [] },
      ]);
      return periodMarks(periods, told.alerts);
    },
    refetchInterval:
      time.moving && !time.paused && state === null ? (reach_ms === null ? EVERY_MS : SIGNS_EVERY_MS) : false,
    placeholderData: (before) => before,
    enabled: wanted && may("metrics:read"),
  });
  return { marks: data ?? NONE, error: data === undefined ? error : null, retry: () => void refetch() };
}

/** What a list of alerts shows; `match` may hold the dashboard's variables. */
export function useAlertList(match: string): Asked {
  const { time } = useDashboardContext();
  const { scope } = useScope();
  const window = time.window();
  const { text } = interpolatePromql(selectorOf(match), joined(scope, builtins(time.step_ms, window)));
  const { leadsOn = true } = useCanvas();
  // a dashboard that was given away shows what was given with it
  return useMarksWithin(time, text, null, { acknowledged: true, wanted: leadsOn });
}

const Recent = createContext<readonly AlertMark[]>(NONE);

/** Asked once for all headers. */
export const RecentAlertsProvider = Recent.Provider;

export const useRecentAlerts = (time: Time): readonly AlertMark[] =>
  useMarksWithin(time, "", RECENT_MS, { acknowledged: false, wanted: true }).marks;

/** What a widget's header says about alerts whose rules read what it shows; null: there are none. */
export function useAlertSign(names: ReadonlySet<string> | null, series: readonly Labels[]): AlertSign | null {
  const { time } = useDashboardContext();
  const marks = use(Recent);
  if (names === null || marks.length === 0) return null;
  return signOf(marks, names, series, Math.min(time.now(), time.window().end_ms));
}
