/** The log of notifications: who was told what, what waits, and what could not be delivered. */

import { getJson, request, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type LogEntry = Schemas["LogEntry"];
export type Notification = Schemas["Notification"];
export const STATUSES = ["waiting", "sent", "dead"] as const;
export type LogStatus = (typeof STATUSES)[number];

export interface LogFilter {
  /** null: all. */
  status: LogStatus | null;
  /** Only those of a group of alerts; empty: all. */
  group: string;
}

export interface LogPage {
  entries: readonly LogEntry[];
  /** What the next page is asked with; null: this is the last one. */
  next: number | null;
}

const PATH = "/api/v1/alerting/notifications";
const AT_ONCE = 50;

export async function logPage(filter: LogFilter, before: number | null, signal?: AbortSignal): Promise<LogPage> {
  const asked = new URLSearchParams({ limit: String(AT_ONCE) });
  if (filter.status !== null) asked.set("status", filter.status);
  if (filter.group !== "") asked.set("group", filter.group);
  if (before !== null) asked.set("before", String(before));
  const { text } = await request(`${PATH}?${asked.toString()}`, { signal });
  const { data, next } = JSON.parse(text) as { data: LogEntry[]; next: number | null };
  return { entries: data, next };
}

/** What one told. */
export const notification = async (id: string, signal?: AbortSignal): Promise<Notification> =>
  (await getJson<Notification>(`${PATH}/${encodeURIComponent(id)}`, signal)).data;

/** Tries these again, or all that could not be delivered; how many there were. */
export const retryNotifications = async (ids: readonly string[]): Promise<number> =>
  (await sendJson<{ retried: number }>("POST", `${PATH}/retry`, { ids })).data.retried;
