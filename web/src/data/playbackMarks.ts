/** What is worth jumping to in a recording: notes, alerts and stretches without data. */

import type { Labels } from "./labels";
import type { MatrixView } from "./matrix";

export type MarkKind = "note" | "pending" | "firing" | "gap";

export interface Mark {
  time_ms: number;
  /** null: a moment, not a stretch. */
  end_ms: number | null;
  title: string;
  text: string;
  kind: MarkKind;
}

/** A note as the server tells it. */
export interface Noted {
  time_ms: number;
  end_ms: number | null;
  title: string;
  text: string;
}

export const noteMarks = (notes: readonly Noted[]): Mark[] =>
  notes.map(({ time_ms, end_ms, title, text }) => ({ time_ms, end_ms, title, text, kind: "note" }));

const OWN = ["__name__", "alertname", "alertstate"];

function alertTitle(labels: Labels): string {
  const said = Object.entries(labels).flatMap(([label, value]) => (OWN.includes(label) ? [] : [`${label}=${value}`]));
  const name = labels["alertname"] ?? "alert";
  return said.length === 0 ? name : `${name} (${said.join(", ")})`;
}

/** A mark for each unbroken run of an `ALERTS` series. */
export function alertMarks({ times_ms, series, step_ms }: MatrixView): Mark[] {
  const marks: Mark[] = [];
  for (const { labels, values } of series) {
    const kind = labels["alertstate"] === "firing" ? "firing" : "pending";
    const title = alertTitle(labels);
    let from: number | null = null;
    for (let row = 0; row <= values.length; row += 1) {
      const on = row < values.length && !Number.isNaN(values[row] ?? NaN);
      if (on && from === null) from = row;
      if (on || from === null) continue;
      // the next step no longer has it: it ended somewhere before that
      const end_ms = (times_ms[row - 1] ?? 0) + step_ms;
      marks.push({ time_ms: times_ms[from] ?? 0, end_ms, title, text: kind, kind });
      from = null;
    }
  }
  return inOrder(marks);
}

export function gapMarks(gaps: readonly { start_ms: number; end_ms: number }[]): Mark[] {
  return gaps.map(({ start_ms, end_ms }) => ({ time_ms: start_ms, end_ms, title: "No data", text: "", kind: "gap" }));
}

export const inOrder = (marks: readonly Mark[]): Mark[] =>
  [...marks].sort((a, b) => a.time_ms - b.time_ms || a.kind.localeCompare(b.kind));

export function nextMark(marks: readonly Mark[], at_ms: number): Mark | null {
  let found: Mark | null = null;
  for (const mark of marks) if (mark.time_ms > at_ms && (found === null || mark.time_ms < found.time_ms)) found = mark;
  return found;
}

/** `slack_ms`: a mark that has only just been passed is not the one meant, while the recording runs on. */
export function previousMark(marks: readonly Mark[], at_ms: number, slack_ms = 0): Mark | null {
  let found: Mark | null = null;
  for (const mark of marks) {
    if (mark.time_ms < at_ms - slack_ms && (found === null || mark.time_ms > found.time_ms)) found = mark;
  }
  return found;
}
