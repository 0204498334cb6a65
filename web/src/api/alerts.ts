/** Alerts that are open, their past, and who was told. */

import type { Labels } from "../data/labels";
import { identity, selectorText } from "../data/labels";
import { prometheus } from "./client";
import { createDocument } from "./documents";
import { getJson, request, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type AlertView = Schemas["AlertView"];
export type AlertPeriod = Schemas["PeriodView"];
export type Notification = Schemas["Notification"];
export type LogEntry = Schemas["LogEntry"];
export type Bell = Schemas["Bell"];
export type SilencePreview = Schemas["SilencePreview"];

const ALERTING = "/api/v1/alerting";
/** The most that the server gives at once. */
const MOST = 1000;

/** As the API of Prometheus has it. */
export interface OpenAlert {
  labels: Labels;
  annotations: Labels;
  state: "pending" | "firing";
  activeAt: string;
  value: string;
  rule: string;
  flapping?: boolean;
}

export interface AlertRule {
  name: string;
  query: string;
  labels: Labels;
  key: string;
  health: string;
  lastError?: string;
  duration: number;
}

export const openAlerts = async (signal?: AbortSignal): Promise<OpenAlert[]> =>
  (await prometheus<{ alerts: OpenAlert[] }>("alerts", new URLSearchParams(), signal)).alerts;

/** What people are told of, and how many there are of it. */
export async function toldAlerts(signal?: AbortSignal): Promise<{ alerts: AlertView[]; total: number }> {
  const { text } = await request(`${ALERTING}/alerts?limit=${MOST}`, { signal });
  const body = JSON.parse(text) as { data: AlertView[]; total: number };
  return { alerts: body.data, total: body.total };
}

export async function rulesNamed(name: string, signal?: AbortSignal): Promise<AlertRule[]> {
  const asked = new URLSearchParams({ type: "alert", "rule_name[]": name, exclude_alerts: "true" });
  const { groups } = await prometheus<{ groups: { rules: AlertRule[] }[] }>("rules", asked, signal);
  return groups.flatMap((group) => group.rules);
}

/** When alerts with these labels were pending and firing, newest first. */
export const periodsOf = async (labels: Labels, signal?: AbortSignal): Promise<AlertPeriod[]> =>
  (await getJson<AlertPeriod[]>(`/api/v1/alerts/history?match=${encodeURIComponent(selectorText(labels))}`, signal))
    .data;

const acknowledgePath = (fingerprint: string): string =>
  `${ALERTING}/alerts/${encodeURIComponent(fingerprint)}/acknowledge`;

/** `until_ms` 0: until it is over. */
export const acknowledge = (fingerprint: string, note: string, until_ms: number) =>
  sendJson("POST", acknowledgePath(fingerprint), { note, until_ms });

export const unacknowledge = (fingerprint: string) => sendJson("DELETE", acknowledgePath(fingerprint));

export interface Silence {
  matchers: { label: string; op: "="; value: string }[];
  starts_ms: number;
  ends_ms: number;
  comment: string;
}

export const previewSilence = async (spec: Silence): Promise<SilencePreview> =>
  (await sendJson<SilencePreview>("POST", `${ALERTING}/silences/preview`, { spec })).data;

export const silence = (name: string, spec: Silence) => createDocument("silence", { name, spec });

/** What was told of a group, newest first. */
export const notificationsOf = async (group: string, signal?: AbortSignal): Promise<LogEntry[]> =>
  (await getJson<LogEntry[]>(`${ALERTING}/notifications?limit=20&group=${encodeURIComponent(group)}`, signal)).data;

/** Of a time that is over: what was told of an alert with exactly these labels, and what the log says of it. */
export interface Told {
  entry: LogEntry;
  notification: Notification;
}

const LOOKED_THROUGH = 500;
const MOST_TOLD = 30;

export async function toldWithin(
  labels: Labels,
  { start_ms, end_ms }: { start_ms: number; end_ms: number },
  signal?: AbortSignal,
): Promise<Told[]> {
  const { data } = await getJson<LogEntry[]>(`${ALERTING}/notifications?limit=${LOOKED_THROUGH}`, signal);
  const then = data.filter((one) => one.created_ms >= start_ms && one.created_ms <= end_ms).slice(0, MOST_TOLD);
  const found = await Promise.all(
    then.map(async (entry): Promise<Told> => {
      const path = `${ALERTING}/notifications/${encodeURIComponent(entry.id)}`;
      return { entry, notification: (await getJson<Notification>(path, signal)).data };
    }),
  );
  const own = identity(labels);
  return found.filter(({ notification }) => notification.alerts.some((one) => identity(one.labels) === own));
}

/** Notifications in the page; with `after_ms` only those after that moment. */
export const bell = async (after_ms: number, signal?: AbortSignal): Promise<Bell> =>
  (await getJson<Bell>(`${ALERTING}/bell?limit=20&after_ms=${after_ms}`, signal)).data;

export const readBell = (until_ms: number) => sendJson("POST", `${ALERTING}/bell/read`, { until_ms });

/** The most periods that are answered at a time. */
export const MOST_PERIODS = 5000;

/** When which alerts were pending and firing, newest first; `match` is a selector of their labels. */
export async function periodsWithin(
  start_ms: number,
  end_ms: number,
  signal?: AbortSignal,
  match = "",
): Promise<AlertPeriod[]> {
  const asked = new URLSearchParams({
    start_ms: String(Math.max(0, Math.floor(start_ms))),
    end_ms: String(Math.ceil(end_ms)),
    limit: String(MOST_PERIODS),
    ...(match === "" ? {} : { match }),
  });
  return (await getJson<AlertPeriod[]>(`/api/v1/alerts/history?${asked.toString()}`, signal)).data;
}

/** More names than these are not looked up. */
const MOST_NAMES = 100;

/** Which of these alerts no rule here makes: those of another system, or of a rule that is gone. */
export async function strangeAlerts(names: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const some = names.slice(0, MOST_NAMES);
  const asked = new URLSearchParams({ type: "alert", exclude_alerts: "true" });
  for (const name of some) asked.append("rule_name[]", name);
  const { groups } = await prometheus<{ groups: { rules: AlertRule[] }[] }>("rules", asked, signal);
  const known = new Set(groups.flatMap((group) => group.rules.map((one) => one.name)));
  return new Set(some.filter((name) => !known.has(name)));
}
