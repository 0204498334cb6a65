/** The door between dashboards and widgets: what a widget is given to draw. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { paceOf } from "../../data/refresh";
import type { Interval } from "../../data/timeRange";
import { staleness, useEachSecond } from "../../queries/usePanelData";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import type { OptionSchema, WidgetData, WidgetMark } from "../../widgets/plugin";
import type { Widget } from "../document";
import type { Answering, QueryFailure, Target } from "./feed";
import { WidgetFeed } from "./feed";
import { useInTime } from "./inTime";
import type { Plan, QueryProblem } from "./questions";
import { usePlanner } from "./planner";
import { spanOf } from "./questions";
import { useScrapeIntervals } from "./useScrapeIntervals";
import { useScope } from "./variables";

export interface WidgetContext {
  time: Time;
  /** Pixels it is drawn on; how many points are asked for. */
  width: number;
  /** Only widgets that are seen ask. */
  visible: boolean;
  /** Of the kind of widget: tells whether it draws an envelope. */
  schema: OptionSchema | null;
}

export interface WidgetFeedData extends WidgetData {
  failures: readonly QueryFailure[];
  problems: readonly QueryProblem[];
  /** Warnings of the server and what was left out, in words. */
  notices: readonly string[];
  /** Step and roll-up, in words: "10 s, min to max". */
  resolution: { step_ms: number; envelope: boolean };
  /** For the inspector. */
  plan: Plan;
  sources: readonly Answering[];
  retry: () => void;
}

const NO_MARKS: readonly WidgetMark[] = [];

/** Whether the envelope is asked for: by kinds that draw one, unless the widget's option says no. */
export function wantsEnvelope(widget: Widget, schema: OptionSchema | null): boolean {
  const field = schema?.properties["envelope"];
  return field !== undefined && (widget.options["envelope"] ?? field.default) === true;
}

export function useWidgetData(given: Widget, context: WidgetContext): WidgetFeedData {
  const widget = useInTime(given);
  const { time, width, visible, schema } = context;
  const { pool, loop } = useSession();
  const { scope, filters } = useScope();
  const feed = useMemo(() => new WidgetFeed(pool, (run) => loop.beforeDraw(run)), [pool, loop]);
  const envelope = wantsEnvelope(widget, schema);
  const scrapeOf = useScrapeIntervals(widget.queries, time, scope, filters);
  const planner = usePlanner();
  const plan = useMemo(
    () => planner(widget, { interval: time.window(), width, variables: scope, filters, envelope, scrapeOf }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- of the time, the window's key and length decide
    [planner, widget.queries, widget.time, time.windowKey, time.span_ms, width, scope, filters, envelope, scrapeOf],
  );
  const target = useTarget(time);
  useEffect(() => {
    if (visible) feed.aim(plan, target);
    else feed.release();
  }, [feed, plan, target, visible]);
  useEffect(() => () => feed.release(), [feed]);
  const version = useSyncExternalStore(feed.watch, feed.read);
  const watching = time.moving && !time.paused && visible;
  const assembled = useMemo(
    () => feed.assemble(widget, plan, target),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for what the feed holds
    [feed, version, widget, plan, target],
  );
  const retry = useCallback(() => feed.retry(), [feed]);
  const window = (): Interval => spanOf(widget, time.window());
  const { frame, status, last_ms, ...rest } = assembled;
  const stale_ms = useEachSecond(watching, () =>
    watching ? staleness(last_ms, time.now(), target.interval_ms(frame.step_ms) || frame.step_ms) : null,
  );
  return {
    ...rest,
    status,
    frame,
    version,
    plan,
    marks: NO_MARKS,
    now_ms: time.now(),
    window: window(),
    // in playback the picture glides with the playhead as it does with the clock
    ...(watching || (time.playback && visible) ? { windowNow: window } : {}),
    live: watching,
    stale_ms,
    resolution: { step_ms: frame.step_ms, envelope: frame.series.some((one) => one.low !== undefined) },
    retry,
  };
}

function useTarget({ moving, windowKey, refresh, window }: Time): Target {
  return useMemo<Target>(
    () => ({
      key: windowKey,
      interval: (wanted_ms) => {
        const { end_ms } = window();
        return { start_ms: end_ms - wanted_ms, end_ms };
      },
      follow: moving,
      interval_ms: (step_ms) => paceOf(refresh, step_ms),
    }),
    [windowKey, window, moving, refresh],
  );
}
