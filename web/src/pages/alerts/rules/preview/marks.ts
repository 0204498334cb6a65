/** A replay and a condition as a chart draws them. Pure. */

import type { Band } from "../../../../api/rules";
import type { FieldLook, TimeMark } from "../../../../charts/look";
import { formatDuration } from "../../../../data/duration";
import type { Unit } from "../../../../data/format";
import { format } from "../../../../data/format";
import type { Interval } from "../../../../data/timeRange";
import type { Drawn } from "../condition/condition";
import { stretchesOf } from "./replay";

/** Bands that would be nearer to each other than this many of them fit beside each other are drawn as one. */
const APART = 1500;
const MOST = 2000;

/** Where it would have been pending and firing, as bands behind the lines. */
export function bandMarks(bands: readonly Band[], interval: Interval): TimeMark[] {
  const slack_ms = (interval.end_ms - interval.start_ms) / APART;
  return (["pending", "firing"] as const)
    .flatMap((state) => stretchesOf(bands, state, interval.end_ms, slack_ms).slice(0, MOST))
    .map(({ state, start_ms, end_ms }) => ({
      time_ms: start_ms,
      end_ms,
      title: state === "firing" ? `firing ${formatDuration(end_ms - start_ms)}` : "",
      text: state === "firing" ? "" : `pending ${formatDuration(end_ms - start_ms)}`,
      kind: "alert",
      color: state === "firing" ? "crit" : "warn",
    }));
}

export function previewLook(drawn: Drawn, unit: Unit, marks: readonly TimeMark[]): FieldLook {
  const axis = { unit, scale: "linear", min: null, max: null, decimals: null } as const;
  return {
    stack: "none",
    left: axis,
    right: axis,
    thresholds: drawn.lines.map(({ value, recovers }) => ({
      value,
      color: recovers ? "ok" : "crit",
      label: `${recovers ? "resolve at" : "fire at"} ${format(value, unit)}`,
    })),
    thresholdStyle: "line",
    marks,
  };
}
