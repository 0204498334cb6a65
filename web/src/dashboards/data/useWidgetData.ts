/** The door between dashboards and widgets: what a widget is given to draw. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { liveInterval } from "../../data/step";
import type { Interval } from "../../data/timeRange";
import { staleness, useSecond } from "../../queries/usePanelData";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import type { OptionSchema, WidgetData, WidgetMark } from "../../widgets/plugin";
import type { Widget } from "../document";
import type { Answering, QueryFailure, Target } from "./feed";
import { WidgetFeed } from "./feed";
import type { Plan, QueryProblem } from "./questions";
import { planWidget, spanOf } from "./questions";
import { useScope } from "./variables";

export interface WidgetContext {
  time: Time;
  /** Pixels it is drawn on; how many points are asked for. */
  width: number;
  /** Only widgets that are seen ask. */
  visible: boolean;
  /** Of the kind of widget: tells whether it draws an envelope. */
  schema: OptionSchema | null;
  marks?: readonly WidgetMark[];
  /** The playhead's moment while a recording plays. */
  playing_ms?: number | null;
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
const BLOCK_SPANS = 4;
const BLOCK_MS = 600_000;

/** Whether the envelope is asked for: by kinds that draw one, unless the widget's option says no. */
export function wantsEnvelope(widget: Widget, schema: OptionSchema | null): boolean {
  const field = schema?.properties["envelope"];
  return field !== undefined && (widget.options["envelope"] ?? field.default) === true;
}

export function useWidgetData(widget: Widget, context: WidgetContext): WidgetFeedData {
  const { time, width, visible, schema, marks = NO_MARKS, playing_ms = null } = context;
  const { pool, clock } = useSession();
  const { scope, filters } = useScope();
  const feed = useMemo(() => new WidgetFeed(pool, (run) => requestAnimationFrame(run)), [pool]);
  const envelope = wantsEnvelope(widget, schema);
  const plan = useMemo(
    () => planWidget(widget, { interval: time.window(), width, variables: scope, filters, envelope }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- of the time, the window's key and length decide
    [widget.queries, widget.time, time.windowKey, time.span_ms, width, scope, filters, envelope],
  );
  const block = playing_ms === null ? null : blockAt(playing_ms, plan.span_ms);
  const target = useTarget(time, block, plan.span_ms);
  useEffect(() => {
    if (visible) feed.aim(plan, target);
    else feed.release();
  }, [feed, plan, target, visible]);
  useEffect(() => () => feed.release(), [feed]);
  const version = useSyncExternalStore(feed.watch, feed.read);
  const watching = time.moving && !time.paused && visible && playing_ms === null;
  useSecond(watching);
  const assembled = useMemo(
    () => feed.assemble(widget, plan, target, playing_ms),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for what the feed holds
    [feed, version, widget, plan, target, playing_ms],
  );
  const retry = useCallback(() => feed.retry(), [feed]);
  const window = (): Interval => {
    if (playing_ms !== null) return { start_ms: playing_ms - plan.span_ms, end_ms: playing_ms };
    return spanOf(widget, time.window());
  };
  const { frame, status, last_ms, ...rest } = assembled;
  const now_ms = playing_ms ?? clock.now();
  return {
    ...rest,
    status,
    frame,
    version,
    plan,
    marks,
    now_ms,
    window: window(),
    ...(watching ? { windowNow: window } : {}),
    live: watching,
    stale_ms: watching ? staleness(last_ms, now_ms, target.interval_ms(frame.step_ms)) : null,
    resolution: { step_ms: frame.step_ms, envelope: frame.series.some((one) => one.low !== undefined) },
    retry,
  };
}

/** Recordings are asked for in blocks that last for a while of playing. */
function blockAt(playing_ms: number, span_ms: number): number {
  return Math.floor(playing_ms / Math.max(BLOCK_MS, BLOCK_SPANS * span_ms));
}

function useTarget(time: Time, block: number | null, span_ms: number): Target {
  const { moving, windowKey, interval_ms, refresh, window } = time;
  return useMemo<Target>(() => {
    if (block !== null) return blockTarget(block, span_ms, blockTarget(block + 1, span_ms));
    return {
      key: windowKey,
      interval: (wanted_ms) => {
        const { end_ms } = window();
        return { start_ms: end_ms - wanted_ms, end_ms };
      },
      follow: moving,
      interval_ms: (step_ms) => Math.max(refresh === "auto" ? 0 : interval_ms, liveInterval(step_ms)),
    };
  }, [block, span_ms, windowKey, window, moving, refresh, interval_ms]);
}

function blockTarget(block: number, span_ms: number, ahead?: Target): Target {
  const block_ms = Math.max(BLOCK_MS, BLOCK_SPANS * span_ms);
  return {
    key: `block ${block} ${block_ms}`,
    interval: () => ({ start_ms: block * block_ms - span_ms, end_ms: (block + 1) * block_ms }),
    follow: false,
    interval_ms: () => 0,
    ...(ahead === undefined ? {} : { ahead }),
  };
}
