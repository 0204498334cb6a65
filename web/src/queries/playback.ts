/** The recording that the page plays, if it does: one playhead for all panels, kept in the address. No React. */

import type { Address, Changes } from "../data/location";
import type { Mark } from "../data/playbackMarks";
import { nextMark, previousMark } from "../data/playbackMarks";
import type { PlaybackPlace, PlaybackState, Speed } from "../data/playback";
import {
  goOn,
  opened,
  pause,
  play,
  playheadAt,
  rateOf,
  readPlace,
  seek,
  setLoop,
  setRange,
  setResolution,
  setSpeed,
  settled,
  shiftSpeed,
  stepBy,
  wait,
  writePlace,
} from "../data/playback";
import type { Interval } from "../data/timeRange";

/** What follows the playhead with data of its own. */
export interface Follower {
  /** Whether it has what the page shows at a moment; what cannot be had counts as known. */
  knows: (moment_ms: number) => boolean;
  /** The playhead is there; `due`: a new picture may be handed out now. */
  moved: (moment_ms: number, due: boolean) => void;
}

export interface PlaybackDoors {
  location: Address;
  clock: { now: () => number; localNow: () => number };
  loop: { add: (draw: () => void) => () => void };
}

/** What a panel's recording needs to know of the playhead. */
export type Playhead = Pick<Playback, "active" | "moment_ms" | "rate" | "playing" | "limit" | "follow">;

const OWN = ["at", "speed", "over"] as const;
const LEFT_AS_IT_WAS = ["from", "to", "live"] as const;
const WRITE_EVERY_MS = 2000;
/** Panels get a new picture at most this often, less often where that takes them long. */
const PACE_MS = 66;
const SLOWEST_PACE_MS = 400;
const LEAD_MS = 500;

export class Playback {
  private state: PlaybackState | null = null;
  private shown_ms = 0;
  private isWaiting = false;
  private before: Changes | null = null;
  private marks: readonly Mark[] = [];
  private ownWrite = false;
  private written = "";
  private written_ms = 0;
  private due_ms = 0;
  private pace_ms = PACE_MS;
  private pictured_ms: number | null = null;
  private stopLoop: (() => void) | null = null;
  private readonly followers = new Set<Follower>();
  private readonly watchers = new Set<() => void>();

  constructor(private readonly doors: PlaybackDoors) {
    doors.location.watch(() => this.adopt());
    this.adopt();
  }

  /** The state, null while the page is live or shows a range; another object after each change. */
  readonly read = (): PlaybackState | null => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  readonly isActive = (): boolean => this.state !== null;

  readonly readWaiting = (): boolean => this.isWaiting;

  get active(): boolean {
    return this.state !== null;
  }

  get playing(): boolean {
    return this.state?.playing === true;
  }

  get rate(): number {
    return this.state === null ? 1 : rateOf(this.state);
  }

  /** The moment that the page shows. */
  get moment_ms(): number {
    return this.shown_ms;
  }

  /** Nothing is known after this. */
  limit(): number {
    return Math.min(this.doors.clock.now(), this.state?.range.end_ms ?? Infinity);
  }

  follow(follower: Follower): () => void {
    this.followers.add(follower);
    return () => {
      this.followers.delete(follower);
    };
  }

  // -- what buttons and keys do ---------------------------------------------------------------------------------------

  /** Starts to show a recording; what the page showed before is kept for `leave`. */
  enter({ at_ms, speed, range }: PlaybackPlace, resolution_ms: number, playing: boolean): void {
    const { params } = this.doors.location;
    this.before = Object.fromEntries(LEFT_AS_IT_WAS.map((name) => [name, params.get(name)]));
    const state = opened(range, at_ms, resolution_ms, speed);
    this.to(playing ? play(state, this.clock()) : state, "push");
  }

  /** Back to what the page showed before. */
  leave(): void {
    if (this.state === null) return;
    this.end({ ...(this.before ?? {}) });
  }

  /** Back to now, also where the page was paused or showed a range before. */
  leaveToLive(): void {
    if (this.state === null) return;
    const before = this.before ?? {};
    this.end(before["to"] === null || before["to"] === "now" ? { ...before, live: null } : { live: null });
  }

  toggle(): void {
    if (this.state === null) return;
    this.to(this.state.playing ? pause(this.reached(), this.clock()) : play(this.state, this.clock()));
  }

  seek(at_ms: number): void {
    this.change((state, clock_ms) => seek(state, clock_ms, at_ms));
  }

  step(count: number): void {
    this.change((state, clock_ms) => stepBy(state, clock_ms, count));
  }

  setSpeed(speed: Speed): void {
    this.change((state, clock_ms) => setSpeed(state, clock_ms, speed));
  }

  shiftSpeed(by: number): void {
    this.change((state, clock_ms) => shiftSpeed(state, clock_ms, by));
  }

  setStep(step_ms: number | null): void {
    this.change((state) => ({ ...state, step_ms }));
  }

  setLoop(loop: boolean): void {
    this.change((state, clock_ms) => setLoop(state, clock_ms, loop));
  }

  setRange(range: Interval): void {
    this.change((state, clock_ms) => setRange(state, clock_ms, range));
  }

  /** The page's resolution changed with its window. */
  setResolution(resolution_ms: number): void {
    if (this.state === null || this.state.resolution_ms === resolution_ms) return;
    this.change((state, clock_ms) => setResolution(state, clock_ms, resolution_ms));
  }

  setMarks(marks: readonly Mark[]): void {
    this.marks = marks;
  }

  /** To the next mark, or the one before; null where there is none. */
  jump(direction: 1 | -1): Mark | null {
    const slack_ms = this.playing ? this.rate * 1000 : 0;
    const mark =
      direction === 1 ? nextMark(this.within(), this.shown_ms) : previousMark(this.within(), this.shown_ms, slack_ms);
    if (mark !== null) this.seek(mark.time_ms);
    return mark;
  }

  private within(): readonly Mark[] {
    const range = this.state?.range;
    if (range === undefined) return [];
    return this.marks.filter(({ time_ms }) => time_ms >= range.start_ms && time_ms <= range.end_ms);
  }

  // -- time goes on ---------------------------------------------------------------------------------------------------

  private clock(): number {
    return this.doors.clock.localNow();
  }

  /** The state as it is seen: while it waits, or between two frames, the page has not yet gone further. */
  private reached(): PlaybackState {
    if (this.state === null) throw new Error("nothing is played");
    return this.isWaiting ? wait(this.state, this.shown_ms) : this.state;
  }

  private change(make: (state: PlaybackState, clock_ms: number) => PlaybackState): void {
    if (this.state !== null) this.to(make(this.reached(), this.clock()));
  }

  private to(state: PlaybackState, how: "push" | "replace" = "replace"): void {
    this.state = state;
    this.isWaiting = state.playing && state.since_ms === null;
    this.shown_ms = playheadAt(state, this.clock());
    this.run(state.playing);
    this.write(how);
    for (const follower of this.followers) follower.moved(this.shown_ms, true);
    this.tell();
  }

  private end(changes: Changes): void {
    this.state = null;
    this.before = null;
    this.run(false);
    this.quietly({ ...changes, ...Object.fromEntries(OWN.map((name) => [name, null])) }, "push");
    this.tell();
  }

  private run(on: boolean): void {
    if (on === (this.stopLoop !== null)) return;
    this.stopLoop?.();
    this.stopLoop = on ? this.doors.loop.add(() => this.tick()) : null;
    this.pictured_ms = null;
  }

  private tick(): void {
    if (this.state === null) return;
    const clock_ms = this.clock();
    this.keepPace(clock_ms);
    if (this.isWaiting) this.tryToGoOn(clock_ms);
    const at_ms = playheadAt(this.state, clock_ms);
    if (!this.isWaiting && !this.known(at_ms)) {
      // the playhead waits where everything is known, or at the start where the loop has led it
      if (at_ms < this.shown_ms) this.shown_ms = at_ms;
      this.state = wait(this.state, this.shown_ms);
      this.isWaiting = true;
      this.tell();
    }
    if (!this.isWaiting) this.shown_ms = at_ms;
    const due = clock_ms >= this.due_ms;
    if (due) {
      this.due_ms = clock_ms + this.pace_ms;
      this.pictured_ms = clock_ms;
    }
    for (const follower of this.followers) follower.moved(this.shown_ms, due);
    const next = settled(this.state, clock_ms);
    if (next !== this.state) this.to(next);
    else if (clock_ms - this.written_ms > WRITE_EVERY_MS) this.write("replace");
  }

  /** What a picture took shows in how late the frame after it comes. */
  private keepPace(clock_ms: number): void {
    if (this.pictured_ms === null) return;
    const took_ms = clock_ms - this.pictured_ms;
    this.pictured_ms = null;
    this.pace_ms = Math.max(PACE_MS, Math.min(SLOWEST_PACE_MS, this.pace_ms * 0.7 + took_ms * 3 * 0.3));
  }

  private tryToGoOn(clock_ms: number): void {
    if (this.state === null) return;
    const lead_ms = Math.min(this.state.range.end_ms, this.shown_ms + this.rate * LEAD_MS);
    if (!this.known(this.shown_ms) || !this.known(Math.min(lead_ms, this.limit()))) return;
    this.state = goOn(this.state, clock_ms);
    this.isWaiting = false;
    this.tell();
  }

  private known(moment_ms: number): boolean {
    for (const follower of this.followers) if (!follower.knows(moment_ms)) return false;
    return true;
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }

  // -- the address ----------------------------------------------------------------------------------------------------

  private write(how: "push" | "replace"): void {
    if (this.state === null) return;
    const { speed, range } = this.state;
    const place = writePlace({ at_ms: this.shown_ms, speed, range });
    this.written = place.at;
    this.written_ms = this.clock();
    this.quietly(place, how);
  }

  private quietly(changes: Changes, how: "push" | "replace"): void {
    this.ownWrite = true;
    try {
      this.doors.location.change(changes, how);
    } finally {
      this.ownWrite = false;
    }
  }

  /** A link was opened, or somebody went back: the address says which moment is meant. */
  private adopt(): void {
    if (this.ownWrite) return;
    const { params } = this.doors.location;
    const place = readPlace(params, this.doors.clock.now());
    if (place === null) {
      if (this.state === null) return;
      this.state = null;
      this.before = null;
      this.run(false);
      this.tell();
      return;
    }
    if (this.state !== null && params.get("at") === this.written) return;
    const { at_ms, speed, range } = place;
    this.written = params.get("at") ?? "";
    const state = opened(range, at_ms, this.state?.resolution_ms ?? 1000, speed);
    this.state = { ...state, loop: this.state?.loop ?? false, step_ms: this.state?.step_ms ?? null };
    this.isWaiting = false;
    this.shown_ms = at_ms;
    this.run(false);
    for (const follower of this.followers) follower.moved(at_ms, true);
    this.tell();
  }
}
