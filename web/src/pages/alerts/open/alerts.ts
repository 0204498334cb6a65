/** Alerts of rules and of other servers as one list, what of it is shown, and in which groups. Pure. */

import type { AlertView, OpenAlert } from "../../../api/alerts";
import type { Labels } from "../../../data/labels";
import { identity } from "../../../data/labels";

export const STATES = ["firing", "acknowledged", "pending", "silenced", "inhibited"] as const;
export type AlertState = (typeof STATES)[number];

export interface Alert {
  /** Tells it from all others. */
  key: string;
  name: string;
  labels: Labels;
  annotations: Labels;
  state: AlertState;
  since_ms: number;
  value: number | null;
  severity: string;
  /** The key of its rule; empty: another server sent it. */
  rule: string;
  flapping: boolean;
  /** What those know who tell people about it; null while it is pending. */
  told: AlertView | null;
}

const SEVERITIES = ["critical", "high", "warning", "medium", "low", "info"];

/** Worst first; what nobody knows comes last. */
export const severityRank = (severity: string): number => {
  const at = SEVERITIES.indexOf(severity.toLowerCase());
  return at === -1 ? SEVERITIES.length : at;
};

const stateOf = (told: AlertView): AlertState =>
  told.silenced_by.length > 0
    ? "silenced"
    : told.inhibited_by.length > 0
      ? "inhibited"
      : told.acked_by !== ""
        ? "acknowledged"
        : "firing";

const numberOf = (text: string): number | null => {
  const value = Number(text === "+Inf" ? "Infinity" : text === "-Inf" ? "-Infinity" : text);
  return Number.isNaN(value) ? null : value;
};

/** One list: what rules have found, with who takes care of it, and what other servers sent. */
export function joinAlerts(open: readonly OpenAlert[], told: readonly AlertView[]): Alert[] {
  const firing = new Map(told.map((one) => [identity(one.labels), one]));
  const found = open.map((one): Alert => {
    const key = identity(one.labels);
    const view = one.state === "firing" ? (firing.get(key) ?? null) : null;
    firing.delete(key);
    return {
      ...shared(key, one.labels, one.annotations),
      state: one.state === "pending" ? "pending" : view === null ? "firing" : stateOf(view),
      since_ms: view?.starts_ms ?? Date.parse(one.activeAt),
      value: numberOf(one.value),
      rule: one.rule,
      flapping: one.flapping === true,
      told: view,
    };
  });
  const sent = [...firing].map(([key, one]): Alert => {
    const { labels, annotations, starts_ms, value, rule } = one;
    return {
      ...shared(key, labels, annotations),
      state: stateOf(one),
      since_ms: starts_ms,
      value,
      rule,
      flapping: false,
      told: one,
    };
  });
  return [...found, ...sent].sort((a, b) => b.since_ms - a.since_ms || (a.key < b.key ? -1 : 1));
}

function shared(key: string, labels: Labels, annotations: Labels) {
  return { key, labels, annotations, name: labels["alertname"] ?? "Alert", severity: labels["severity"] ?? "" };
}

export interface AlertFilter {
  state: AlertState | null;
  severity: string | null;
  text: string;
  /** A label, whose values make the groups; empty: one list. */
  by: string;
}

export function readFilter(params: URLSearchParams): AlertFilter {
  const severity = params.get("severity");
  return {
    state: STATES.find((one) => one === params.get("state")) ?? null,
    severity: severity === "" ? null : severity,
    text: params.get("text") ?? "",
    by: params.get("by") ?? "alertname",
  };
}

/** Each word has to be found in a label (`job="api"` or a part of it) or in what was written about the alert. */
export function filterAlerts(alerts: readonly Alert[], { state, severity, text }: AlertFilter): Alert[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return alerts.filter((one) => {
    if (state !== null && one.state !== state) return false;
    if (severity !== null && one.severity !== severity) return false;
    if (words.length === 0) return true;
    const pairs = Object.entries(one.labels).map(([name, value]) => `${name}="${value}" ${name}=${value}`);
    const all = [...pairs, ...Object.values(one.annotations)].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export interface AlertGroup {
  /** The label's value; empty: these have none. */
  value: string;
  alerts: readonly Alert[];
}

/** Groups by a label's value: what fires first, then the worst, then the largest. */
export function groupAlerts(alerts: readonly Alert[], by: string): AlertGroup[] {
  const groups = new Map<string, Alert[]>();
  for (const one of alerts) {
    const value = by === "" ? "" : (one.labels[by] ?? "");
    const there = groups.get(value);
    if (there === undefined) groups.set(value, [one]);
    else there.push(one);
  }
  const firing = (group: AlertGroup): number => (group.alerts.some((one) => one.state === "firing") ? 0 : 1);
  const worst = (group: AlertGroup): number =>
    group.alerts.reduce((rank, one) => Math.min(rank, severityRank(one.severity)), Infinity);
  return [...groups]
    .map(([value, found]) => ({ value, alerts: found }))
    .sort(
      (a, b) =>
        firing(a) - firing(b) ||
        worst(a) - worst(b) ||
        b.alerts.length - a.alerts.length ||
        a.value.localeCompare(b.value, "en", { numeric: true }),
    );
}

/** How many groups from the first on are shown with their alerts at once: the first always, others while there is room. */
export function openedGroups(groups: readonly AlertGroup[], room: number): number {
  let rows = 0;
  const full = groups.findIndex((group, at) => {
    rows += group.alerts.length;
    return at > 0 && rows > room;
  });
  return full === -1 ? groups.length : full;
}

/** Whether somebody can say that they take care of it. */
export const isAcknowledgeable = ({ told, state }: Alert): boolean => told !== null && state !== "acknowledged";

/** How many are in which state, of those there are. */
export function countStates(alerts: readonly Alert[]): [AlertState, number][] {
  return STATES.map((state): [AlertState, number] => [
    state,
    alerts.filter((one) => one.state === state).length,
  ]).filter(([, count]) => count > 0);
}

/** Labels that all of them have with one value: what a silence for exactly these would name. */
export function commonLabels(alerts: readonly Pick<Alert, "labels">[]): Labels {
  const [first, ...rest] = alerts;
  if (first === undefined) return {};
  return Object.fromEntries(
    Object.entries(first.labels).filter(([name, value]) => rest.every(({ labels }) => labels[name] === value)),
  );
}

/** The labels of the alert that an address names; null: none, or no labels. */
export function readLabels(text: string | null): Labels | null {
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || Array.isArray(found)) return null;
    const labels = Object.entries(found).filter((one): one is [string, string] => typeof one[1] === "string");
    return labels.length === 0 ? null : Object.fromEntries(labels);
  } catch {
    return null;
  }
}
