/** What became of an alert, as one list of moments. Pure. */

import type { AlertPeriod, LogEntry, Told } from "../../../api/alerts";
import type { TimeMark } from "../../../charts/look";
import type { Labels } from "../../../data/labels";
import { identity } from "../../../data/labels";
import type { Status } from "../../../ui";

export interface Moment {
  time_ms: number;
  what: "pending" | "firing" | "resolved" | "acknowledged" | "told";
  status: Status;
  text: string;
  note: string;
}

/** Periods of exactly this alert, newest first. */
export const periodsOf = (labels: Labels, periods: readonly AlertPeriod[]): AlertPeriod[] => {
  const own = identity(labels);
  return periods.filter((one) => identity(one.labels) === own).sort((a, b) => b.start_ms - a.start_ms);
};

/** From the first that followed another without a break to its last: one event. */
export interface Incident {
  start_ms: number;
  /** When it began to fire; null: it never did. */
  fired_ms: number | null;
  /** null: it goes on. */
  end_ms: number | null;
  /** When what is told can no longer be about it: some time after its end, or when the next one begins. */
  told_ms: number;
  periods: readonly AlertPeriod[];
}

/** It fires at the evaluation after the last one that found it pending. */
const BREAK_MS = 60_000;
/** Somebody is told of an end after it. */
const LATE_MS = 600_000;

export function incidentsOf(periods: readonly AlertPeriod[]): Incident[] {
  const runs: AlertPeriod[][] = [];
  for (const one of [...periods].sort((a, b) => a.start_ms - b.start_ms)) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    const waited_ms = before?.state === "pending" && before.end_ms !== null ? one.start_ms - before.end_ms : Infinity;
    if (one.state === "firing" && waited_ms <= BREAK_MS) last?.push(one);
    else runs.push([one]);
  }
  return runs
    .map((run, at): Incident => {
      const ends = run.map((one) => one.end_ms);
      const end_ms = ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0));
      const next_ms = runs[at + 1]?.[0]?.start_ms ?? Infinity;
      return {
        start_ms: Math.min(...run.map((one) => one.start_ms)),
        fired_ms: run.find((one) => one.state === "firing")?.start_ms ?? null,
        end_ms,
        told_ms: end_ms === null ? Infinity : Math.min(next_ms - 1, end_ms + LATE_MS),
        periods: run,
      };
    })
    .reverse();
}

/** The one that a moment lies in or is next to; without a moment the newest. */
export function incidentAt(incidents: readonly Incident[], at_ms: number | null): Incident | null {
  if (at_ms === null) return incidents[0] ?? null;
  const away = ({ start_ms, end_ms }: Incident): number =>
    at_ms < start_ms ? start_ms - at_ms : end_ms !== null && at_ms > end_ms ? at_ms - end_ms : 0;
  return incidents.reduce<Incident | null>((best, one) => (best === null || away(one) < away(best) ? one : best), null);
}

/** Bands of a chart. */
export const bandsOf = (periods: readonly AlertPeriod[]): TimeMark[] =>
  periods.map(({ state, start_ms, end_ms }) => ({
    time_ms: start_ms,
    end_ms,
    title: state,
    text: "",
    kind: "alert",
    color: state === "firing" ? "crit" : "warn",
  }));

const TYPES: Readonly<Record<string, string>> = {
  in_dashboard: "the bell",
  slack: "Slack",
  email: "e-mail",
  pagerduty: "PagerDuty",
  webhook: "a webhook",
};
const RESULTS: Readonly<Record<string, { word: string; status: Status }>> = {
  sent: { word: "told", status: "ok" },
  waiting: { word: "being told", status: "warn" },
  dead: { word: "could not be told", status: "crit" },
};

/** "oncall was told by Slack"; and why not, where it was not. */
function toldMoment(entry: LogEntry): Moment {
  const { word, status } = RESULTS[entry.status] ?? { word: entry.status, status: "unknown" as const };
  const way = TYPES[entry.type] ?? entry.type;
  const verb = entry.status === "dead" ? word : `${entry.status === "waiting" ? "is" : "was"} ${word}`;
  return {
    time_ms: entry.done_ms > 0 ? entry.done_ms : entry.created_ms,
    what: "told",
    status,
    text: `${entry.contact_point} ${verb} by ${way}`,
    note: entry.error !== "" ? entry.error : entry.title,
  };
}

/** What is known of who takes care of it. */
export interface Taken {
  by: string;
  note: string;
  time_ms: number;
}

/** Who took care while it was open, once each, as notifications of it said to several ways. */
export function takenOf(told: readonly Told[]): Taken[] {
  const found = new Map<string, Taken>();
  for (const { notification } of [...told].sort((a, b) => a.entry.created_ms - b.entry.created_ms)) {
    const { reason, by, note, created_ms } = notification;
    if (reason !== "acknowledged" || by === "" || found.has(`${by} ${note}`)) continue;
    found.set(`${by} ${note}`, { by, note, time_ms: created_ms });
  }
  return [...found.values()];
}

/** Newest first: states, who takes care, who was told; only what belongs to the event. */
export function storyOf(incident: Incident, taken: readonly Taken[], log: readonly LogEntry[]): Moment[] {
  const moments: Moment[] = incident.periods.map(({ state, start_ms }) => ({
    time_ms: start_ms,
    what: state,
    status: state === "firing" ? "crit" : "warn",
    text: state === "firing" ? "Fires" : "Pending",
    note: state === "pending" ? "Its condition holds; it has to for a while before it fires." : "",
  }));
  if (incident.end_ms !== null) {
    const text = incident.fired_ms === null ? "Over before it fired" : "Resolved";
    moments.push({ time_ms: incident.end_ms, what: "resolved", status: "ok", text, note: "" });
  }
  const verb = incident.end_ms === null ? "takes" : "took";
  for (const { by, note, time_ms } of taken) {
    moments.push({ time_ms, what: "acknowledged", status: "info", text: `${by} ${verb} care of it`, note });
  }
  for (const entry of log) {
    if (entry.created_ms >= incident.start_ms && entry.created_ms <= incident.told_ms) moments.push(toldMoment(entry));
  }
  return moments.sort((a, b) => b.time_ms - a.time_ms);
}
