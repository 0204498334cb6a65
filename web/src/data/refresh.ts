/** How often what is shown is asked for again, whether it goes on, and when it comes next. */

import { liveInterval } from "./step";

/** `auto` as often as points appear, `0` as samples arrive, else seconds. */
export const REFRESH_CHOICES = ["auto", "0", "1", "5", "10", "30", "60", "300"] as const;

/** `play` goes on while the page is seen, `force` also while its tab is hidden, `pause` holds everything still. */
export type Going = "play" | "pause" | "force";

/** What the address says for `force`. */
const ALWAYS = "always";
/** Shorter waits need no countdown. */
const LEAST_COUNTED_MS = 5000;

/** What the parameter `live` says; nothing is said where it is as it opens. */
export function goingOf(told: string | null, opensPaused: boolean): Going {
  if (told === ALWAYS) return "force";
  return told === "0" || (told !== "1" && opensPaused) ? "pause" : "play";
}

export function tellGoing(going: Going, opensPaused: boolean): string | null {
  if (going === "force") return ALWAYS;
  const paused = going === "pause";
  return paused === opensPaused ? null : paused ? "0" : "1";
}

/** How often answers are wanted for a step; 0: whenever samples arrive. */
export function paceOf(refresh: string, step_ms: number): number {
  if (refresh === "0") return 0;
  return Math.max(refresh === "auto" ? 0 : Number(refresh) * 1000, liveInterval(step_ms));
}

/** How long until the server answers again: it does so at multiples of the pace. null: too soon to be counted. */
export function untilNext(pace_ms: number, now_ms: number): number | null {
  return pace_ms < LEAST_COUNTED_MS ? null : pace_ms - (now_ms % pace_ms);
}
