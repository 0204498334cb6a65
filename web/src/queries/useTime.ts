/** The time range, pause and pace of the page, all from the URL. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { Going } from "../data/refresh";
import { REFRESH_CHOICES, goingOf, paceOf, tellGoing } from "../data/refresh";
import { chooseStep } from "../data/step";
import type { Interval, OwnZone, TimeRange, Zone } from "../data/timeRange";
import { absolute, isMoving, isZone, resolveRange, shiftRange, zoomOut } from "../data/timeRange";
import type { Playback } from "./playback";
import type { Session } from "./session";
import { useSession } from "./session";

export interface Time {
  range: TimeRange;
  zone: Zone;
  /** What can be chosen: that of the dashboard comes last, where it has one of its own. */
  zones: readonly Zone[];
  paused: boolean;
  /** Whether it goes on: also while the tab is hidden, while it is seen, or not. */
  going: Going;
  /** The range ends at now, or at the playhead; a pause holds it still. */
  moving: boolean;
  /** A recording is shown: the range says how much of it, and ends at the playhead. */
  playback: boolean;
  span_ms: number;
  step_ms: number;
  interval_ms: number;
  /** The chosen pace in seconds, "auto" when it follows the step, "0" when it follows the samples. */
  refresh: string;
  /** Differs when another window is meant; a moving window has one key. */
  windowKey: string;
  /** The visible window at this moment. */
  window: () => Interval;
  /** The moment that counts as now. */
  now: () => number;
  setRange: (range: TimeRange) => void;
  setPaused: (paused: boolean) => void;
  setGoing: (going: Going) => void;
  setRefresh: (refresh: string) => void;
  setZone: (zone: Zone) => void;
  zoomTo: (start_ms: number, end_ms: number) => void;
  zoomOut: () => void;
  shift: (part: number) => void;
  /** The same length, ending at now. */
  goLive: () => void;
}

/** What a dashboard opens with, where the address says nothing else. */
export interface TimeDefaults {
  /** `browser`: what the person has chosen. */
  zone: Zone;
  paused: boolean;
  /** As `Time.refresh`. */
  refresh: string;
}

const AS_CHOSEN: TimeDefaults = { zone: "browser", paused: false, refresh: "auto" };
const OWN_ZONES: readonly OwnZone[] = ["browser", "utc"];
const MIN_ZOOM_MS = 5000;
const RECENT = 6;

export function useLocationText(): string {
  const { location } = useSession();
  return useSyncExternalStore(location.watch, location.read);
}

function readRange(session: Session, fallback: TimeRange, zone: Zone): TimeRange {
  const { params } = session.location;
  const from = params.get("from");
  if (from === null) return fallback;
  const range = { from, to: params.get("to") ?? "now" };
  return resolveRange(range, session.clock.now(), zone) === null ? fallback : range;
}

/** The zone of the address, else the dashboard's, else the person's; and how to choose another. */
function useZone(
  params: URLSearchParams,
  wanted: Zone,
): { zone: Zone; zones: readonly Zone[]; setZone: (zone: Zone) => void } {
  const { zone: own, location } = useSession();
  const chosen = useSyncExternalStore(own.watch, own.read);
  const named = params.get("tz");
  const given = wanted !== "browser" && isZone(wanted) ? wanted : null;
  const here = named !== null && isZone(named) ? named : (given ?? chosen);
  const zones = useMemo(() => [...new Set<Zone>([...OWN_ZONES, given ?? here, here])], [given, here]);
  const setZone = useCallback(
    (zone: Zone) => {
      const mine = OWN_ZONES.find((one) => one === zone);
      // where the dashboard has a zone, another one is a matter of this view of it
      if (given !== null || mine === undefined) location.change({ tz: zone === given ? null : zone }, "replace");
      else {
        own.set(mine);
        location.change({ tz: null }, "replace");
      }
    },
    [given, location, own],
  );
  return { zone: here, zones, setZone };
}

export function useTime(fallback: TimeRange, defaults: TimeDefaults = AS_CHOSEN): Time {
  const session = useSession();
  const place = useLocationText();
  // the place stands for the parameters read from it
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const { zone, zones, setZone } = useZone(params, defaults.zone);
  const from = params.get("from");
  const to = params.get("to");
  const range = useMemo(
    () => readRange(session, fallback, zone),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- from and to are what readRange reads from the location
    [session, fallback.from, fallback.to, zone, from, to],
  );
  const { paused: opensPaused, refresh: opensWith } = defaults;
  const going = goingOf(params.get("live"), opensPaused);
  const paused = going === "pause";
  const refresh = REFRESH_CHOICES.find((one) => one === params.get("refresh")) ?? opensWith;
  const moving = isMoving(range);
  const now_ms = session.clock.now();
  const first = useMemo(() => resolveRange(range, session.clock.now(), zone), [range, zone, session]);
  const span_ms = first === null ? 60_000 : first.end_ms - first.start_ms;
  const step_ms = chooseStep(span_ms);

  const { playback } = session;
  const plays = useSyncExternalStore(playback.watch, playback.isActive);
  useEffect(() => {
    if (plays) playback.setResolution(step_ms);
  }, [playback, plays, step_ms]);

  const window = useCallback((): Interval => {
    if (plays) return { start_ms: playback.moment_ms - span_ms, end_ms: playback.moment_ms };
    const held = session.freeze.interval;
    if (held !== null) return held;
    if (!moving) return resolveRange(range, now_ms, zone) ?? { start_ms: now_ms - 60_000, end_ms: now_ms };
    const end_ms = session.clock.now();
    return { start_ms: end_ms - span_ms, end_ms };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a fixed window must not change with the moment of rendering
  }, [session, plays, playback, range, moving, span_ms, zone]);

  useEffect(() => {
    if (paused && moving) {
      const end_ms = session.clock.now();
      session.freeze.hold({ start_ms: end_ms - span_ms, end_ms });
      session.live.hold();
    } else {
      session.freeze.release();
      // a fixed range beside one that is paused must not set that going
      if (!paused) session.live.resume();
    }
    return () => {
      session.freeze.release();
    };
  }, [session, paused, moving, span_ms]);

  const { location, recentRanges } = session;
  const live = useMemo<Time>(() => {
    const setRange = (next: TimeRange): void => {
      const text = `${next.from} to ${next.to}`;
      recentRanges.set([text, ...recentRanges.read().filter((one) => one !== text)].slice(0, RECENT));
      // another range goes on, and what goes on while it is hidden still does
      const live = going === "force" ? tellGoing(going, opensPaused) : null;
      location.change({ from: next.from, to: next.to, live }, "push");
    };
    const setGoing = (next: Going): void => location.change({ live: tellGoing(next, opensPaused) }, "replace");
    return {
      range,
      zone,
      zones,
      setZone,
      paused: paused && moving,
      moving,
      playback: false,
      span_ms,
      step_ms,
      interval_ms: paceOf(refresh, step_ms),
      refresh,
      windowKey: `${range.from} ${range.to} ${zone}`,
      window,
      now: () => session.clock.now(),
      setRange,
      going,
      setGoing,
      setPaused: (next) => setGoing(next ? "pause" : "play"),
      setRefresh: (next) => location.change({ refresh: next === opensWith ? null : next }, "replace"),
      zoomTo: (start_ms, end_ms) => {
        const middle = (start_ms + end_ms) / 2;
        const half = Math.max(MIN_ZOOM_MS, end_ms - start_ms) / 2;
        setRange(absolute(middle - half, middle + half));
      },
      zoomOut: () => setRange(zoomOut(range, window(), session.clock.now())),
      goLive: () => setRange({ from: `now-${Math.round(span_ms / 1000)}s`, to: "now" }),
      shift: (part) => setRange(shiftRange(window(), part, session.clock.now())),
    };
  }, [
    range,
    zone,
    zones,
    setZone,
    paused,
    going,
    opensPaused,
    moving,
    span_ms,
    step_ms,
    refresh,
    opensWith,
    window,
    location,
    recentRanges,
    session,
  ]);
  return useMemo(() => (plays ? played(live, playback) : live), [plays, live, playback]);
}

/** The same page while a recording plays: relative ranges say how much is shown, fixed ones what is played. */
function played(time: Time, playback: Playback): Time {
  const { span_ms, zone } = time;
  const show = (wanted_ms: number): void =>
    time.setRange({ from: `now-${Math.max(1, Math.round(wanted_ms / 1000))}s`, to: "now" });
  return {
    ...time,
    playback: true,
    moving: true,
    paused: true,
    windowKey: `playback ${span_ms}`,
    now: () => playback.moment_ms,
    setRange: (range) => {
      const interval = resolveRange(range, playback.limit(), zone);
      if (interval === null || isMoving(range)) time.setRange(range);
      else playback.setRange(interval);
    },
    setPaused: () => playback.toggle(),
    zoomTo: (start_ms, end_ms) => {
      playback.seek(end_ms);
      show(Math.max(MIN_ZOOM_MS, end_ms - start_ms));
    },
    zoomOut: () => show(2 * span_ms),
    shift: (part) => playback.seek(playback.moment_ms + part * span_ms),
    goLive: () => playback.leaveToLive(),
  };
}
