/** From numbers over time to stretches of one state. */

import { adjacent } from "../charts/gaps";
import { assignSlots } from "../charts/palette";
import { fieldText, thresholdOf, writeField } from "../data/fieldFormat";
import { lowerBound } from "../data/matrix";
import type { Frame, WidgetSeries } from "./plugin";
import type { Interval } from "../data/timeRange";

export interface Stretch {
  start_ms: number;
  end_ms: number;
  text: string;
  /** A palette token, or empty where only the text tells states apart. */
  color: string;
}

/** The state of a value: its mapping, else the threshold that holds, else the value itself. */
export function stateOf(value: number, series: WidgetSeries): { text: string; color: string } {
  const shown = fieldText(value, series.format);
  if (shown.mapped) return { text: writeField(value, series.format), color: shown.color };
  const threshold = thresholdOf(value, series.format.thresholds);
  if (threshold !== null) {
    const word = threshold.label !== "" ? threshold.label : threshold.status;
    return { text: word === "none" ? writeField(value, series.format) : word, color: shown.color };
  }
  // states that are numbers are mostly codes: 2, not 2.00
  const whole = Number.isInteger(value) && series.format.decimals === null;
  return { text: writeField(value, whole ? { ...series.format, decimals: 0 } : series.format), color: "" };
}

/** A state lasts from its sample to the next one, at the end for a step; nothing is claimed where samples are missing. */
export function stretches(frame: Frame, series: WidgetSeries, window: Interval): Stretch[] {
  const { times, step_ms } = frame;
  const found: Stretch[] = [];
  let open: Stretch | null = null;
  for (let row = Math.max(0, lowerBound(times, times.length, window.start_ms) - 1); row < times.length; row += 1) {
    const time_ms = times[row] ?? 0;
    if (time_ms > window.end_ms) break;
    const value = series.values[row] ?? NaN;
    if (Number.isNaN(value)) {
      open = null;
      continue;
    }
    const until = Math.min(time_ms + step_ms, window.end_ms);
    const state = stateOf(value, series);
    if (open !== null && open.text === state.text && adjacent(open.end_ms - step_ms, time_ms, step_ms))
      open.end_ms = until;
    else if (until > window.start_ms) {
      open = { start_ms: Math.max(time_ms, window.start_ms), end_ms: until, ...state };
      found.push(open);
    }
  }
  return found;
}

/** States without a colour of their own get categories by their text, the same in every row. */
export function stateColors(all: readonly (readonly Stretch[])[]): ReadonlyMap<string, string> {
  const texts = [...new Set(all.flat().flatMap((one) => (one.color === "" ? [one.text] : [])))];
  const slots = assignSlots(texts);
  return new Map(texts.map((text, at) => [text, `s${(slots[at]?.category ?? 0) + 1}`]));
}
