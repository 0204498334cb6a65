/** How long to wait before the next try: 1 s, 2 s, 4 s ... 30 s, each spread so that many pages do not return at once. */

export const FIRST_MS = 1000;
export const LONGEST_MS = 30_000;

/** `random` is in [0, 1): the wait lies between 75 % and 100 % of the step, never under a second after the first. */
export function backoff(attempt: number, random: number): number {
  const step_ms = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(Math.max(FIRST_MS, step_ms * (0.75 + 0.25 * random)));
}
