/** Looking closer at a part of the time that was given away, and never beyond it. */

import type { Address } from "../../data/location";
import type { Interval } from "../../data/timeRange";
import type { Time } from "../../queries/useTime";

const LEAST_MS = 5000;
/** A part that is nearly all of it is all of it. */
const NEARLY = 0.95;

/** The part of `whole` that is nearest to what is wanted; null: all of it. */
export function partOf(wanted: Interval, whole: Interval): Interval | null {
  const all_ms = whole.end_ms - whole.start_ms;
  const span_ms = Math.max(LEAST_MS, wanted.end_ms - wanted.start_ms);
  if (span_ms >= all_ms * NEARLY) return null;
  const middle_ms = (wanted.start_ms + wanted.end_ms) / 2;
  const start_ms = Math.min(Math.max(middle_ms - span_ms / 2, whole.start_ms), whole.end_ms - span_ms);
  return { start_ms: Math.round(start_ms), end_ms: Math.round(start_ms + span_ms) };
}

/** The time of a view whose address takes a part of `whole`. */
export function timeWithin(time: Time, whole: () => Interval, address: Address): Time {
  const show = (wanted: Interval): void => {
    const part = partOf(wanted, whole());
    const text = (at_ms: number | undefined): string | null => (at_ms === undefined ? null : String(at_ms));
    address.change({ from: text(part?.start_ms), to: text(part?.end_ms) }, "push");
  };
  return {
    ...time,
    zoomTo: (start_ms, end_ms) => show({ start_ms, end_ms }),
    zoomOut: () => {
      const { start_ms, end_ms } = time.window();
      const more_ms = (end_ms - start_ms) / 2;
      show({ start_ms: start_ms - more_ms, end_ms: end_ms + more_ms });
    },
  };
}
