/** Playing a recording as a value: where the playhead is at a reading of the clock, and what each button makes of it. */

import type { Interval } from "./timeRange";

export const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60, "max"] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlaybackState {
  range: Interval;
  /** Where the playhead was when the clock read `since_ms`. */
  anchor_ms: number;
  /** null: it stands still, because it is paused or waits for data. */
  since_ms: number | null;
  playing: boolean;
  speed: Speed;
  /** The distance between two moments of the page. */
  resolution_ms: number;
  /** How far a step goes; null follows the resolution. */
  step_ms: number | null;
  /** From the end it goes on at the start. */
  loop: boolean;
}

export type Mode = "live" | "paused" | "playback";

const LEAST_MAX = 60;
const MAX_STEPS_A_SECOND = 20;
export const STEP_CHOICES_MS: readonly number[] = [1000, 10_000, 60_000, 300_000, 3_600_000];

export const modeOf = (playback: PlaybackState | null, paused: boolean): Mode =>
  playback !== null ? "playback" : paused ? "paused" : "live";

/** Milliseconds of the recording in one millisecond of the clock; the fastest keeps up with what a page can draw. */
export function rateOf({ speed, resolution_ms }: PlaybackState): number {
  return speed === "max" ? Math.max(LEAST_MAX, (MAX_STEPS_A_SECOND * resolution_ms) / 1000) : speed;
}

export const stepOf = (state: PlaybackState): number => state.step_ms ?? state.resolution_ms;

const clamp = ({ start_ms, end_ms }: Interval, time_ms: number): number =>
  Math.max(start_ms, Math.min(end_ms, time_ms));

/** A recording that stands at a moment; a range that does not hold the moment is widened to it. */
export function opened(range: Interval, at_ms: number, resolution_ms: number, speed: Speed = 1): PlaybackState {
  const whole = { start_ms: Math.min(range.start_ms, at_ms), end_ms: Math.max(range.end_ms, at_ms) };
  return {
    range: whole,
    anchor_ms: at_ms,
    since_ms: null,
    playing: false,
    speed,
    resolution_ms,
    step_ms: null,
    loop: false,
  };
}

/** Counted from one anchor, so that it does not matter how often it is asked: nothing adds up. */
export function playheadAt(state: PlaybackState, clock_ms: number): number {
  const { range, anchor_ms, since_ms, loop } = state;
  if (since_ms === null) return anchor_ms;
  const at_ms = anchor_ms + Math.max(0, clock_ms - since_ms) * rateOf(state);
  if (at_ms <= range.end_ms) return at_ms;
  const length_ms = range.end_ms - range.start_ms;
  if (!loop || length_ms <= 0) return range.end_ms;
  return range.start_ms + ((at_ms - range.start_ms) % length_ms);
}

/** The same, counted from here on. */
function anchored(state: PlaybackState, clock_ms: number): PlaybackState {
  const since_ms = state.since_ms === null ? null : clock_ms;
  return { ...state, anchor_ms: playheadAt(state, clock_ms), since_ms };
}

/** From the end it plays from the start. */
export function play(state: PlaybackState, clock_ms: number): PlaybackState {
  const at_ms = playheadAt(state, clock_ms);
  const from_ms = at_ms >= state.range.end_ms ? state.range.start_ms : at_ms;
  return { ...state, anchor_ms: from_ms, since_ms: clock_ms, playing: true };
}

export function pause(state: PlaybackState, clock_ms: number): PlaybackState {
  return { ...state, anchor_ms: playheadAt(state, clock_ms), since_ms: null, playing: false };
}

/** Waits at a moment for what is not there yet; it still means to play. */
export function wait(state: PlaybackState, at_ms: number): PlaybackState {
  return { ...state, anchor_ms: clamp(state.range, at_ms), since_ms: null };
}

export const goOn = (state: PlaybackState, clock_ms: number): PlaybackState =>
  state.playing ? { ...state, since_ms: clock_ms } : state;

export function seek(state: PlaybackState, clock_ms: number, at_ms: number): PlaybackState {
  return { ...anchored(state, clock_ms), anchor_ms: clamp(state.range, at_ms) };
}

/** To whole steps, and stops there: from between two steps the first goes to the nearer one of that side. */
export function stepBy(state: PlaybackState, clock_ms: number, count: number): PlaybackState {
  const still = pause(state, clock_ms);
  const step_ms = stepOf(state);
  const row = still.anchor_ms / step_ms;
  const next = ((count > 0 ? Math.floor(row) : Math.ceil(row)) + count) * step_ms;
  return { ...still, anchor_ms: clamp(state.range, next) };
}

export function setSpeed(state: PlaybackState, clock_ms: number, speed: Speed): PlaybackState {
  return { ...anchored(state, clock_ms), speed };
}

/** The next faster or slower speed; at either end nothing changes. */
export function shiftSpeed(state: PlaybackState, clock_ms: number, by: number): PlaybackState {
  const at = SPEEDS.indexOf(state.speed) + by;
  return setSpeed(state, clock_ms, SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))] ?? 1);
}

export function setResolution(state: PlaybackState, clock_ms: number, resolution_ms: number): PlaybackState {
  return { ...anchored(state, clock_ms), resolution_ms };
}

export function setLoop(state: PlaybackState, clock_ms: number, loop: boolean): PlaybackState {
  return { ...anchored(state, clock_ms), loop };
}

export function setRange(state: PlaybackState, clock_ms: number, range: Interval): PlaybackState {
  const now = anchored(state, clock_ms);
  return { ...now, range, anchor_ms: clamp(range, now.anchor_ms) };
}

/** Stops where the range ends. */
export function settled(state: PlaybackState, clock_ms: number): PlaybackState {
  const over = state.playing && !state.loop && playheadAt(state, clock_ms) >= state.range.end_ms;
  return over ? pause(state, clock_ms) : state;
}

/** How a recording stands in the address. */
export interface PlaybackPlace {
  at_ms: number;
  speed: Speed;
  range: Interval;
}

const AROUND_MS = 1_800_000;

export function readPlace(params: URLSearchParams, now_ms: number): PlaybackPlace | null {
  const at = params.get("at") ?? "";
  if (!/^\d{9,15}$/.test(at)) return null;
  const at_ms = Math.min(Number(at), now_ms);
  const speed = SPEEDS.find((one) => String(one) === params.get("speed")) ?? 1;
  const ends = /^(\d{9,15})-(\d{9,15})$/.exec(params.get("over") ?? "");
  const said = ends === null ? null : { start_ms: Number(ends[1]), end_ms: Number(ends[2]) };
  const around = { start_ms: at_ms - AROUND_MS, end_ms: Math.min(now_ms, at_ms + AROUND_MS) };
  return { at_ms, speed, range: said !== null && said.end_ms > said.start_ms ? said : around };
}

export function writePlace({ at_ms, speed, range }: PlaybackPlace): Record<"at" | "speed" | "over", string> {
  const whole = (time_ms: number): string => String(Math.round(time_ms));
  return { at: whole(at_ms), speed: String(speed), over: `${whole(range.start_ms)}-${whole(range.end_ms)}` };
}

/** What there is to play beside a window: twice as much where it ends now, else the window itself. */
export function rangeAround(window: Interval, moving: boolean, now_ms: number): Interval {
  if (!moving) return { start_ms: window.start_ms, end_ms: Math.min(window.end_ms, now_ms) };
  const span_ms = window.end_ms - window.start_ms;
  return { start_ms: Math.min(window.start_ms, now_ms - 2 * span_ms), end_ms: now_ms };
}

const PLAYED_IN_MS = 60_000;

/** The fastest speed at which a window still takes about a minute. */
export function fittingSpeed(span_ms: number): Speed {
  let chosen: Speed = 1;
  for (const speed of SPEEDS) if (speed !== "max" && speed > 1 && speed * PLAYED_IN_MS <= span_ms) chosen = speed;
  return chosen;
}
