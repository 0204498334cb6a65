/** Who is on call, and what follows when nobody acknowledges. */

import { getJson } from "./http";
import type { components } from "./schema.gen";

export type OnCall = components["schemas"]["OnCall"];

/** Somebody takes over for a time. */
export interface Override {
  member: string;
  start_ms: number;
  end_ms: number;
}

export interface Member {
  name: string;
  contact_point: string;
}

/** The content of a document of kind `on_call_schedule`: people who take turns by the week. */
export interface Schedule {
  members: readonly Member[];
  /** A day as 2026-01-05, on which the first one's turn begins. */
  starts_on: string;
  /** As 09:00. */
  starts_at: string;
  /** Empty: UTC. */
  location: string;
  overrides: readonly Override[];
}

export interface Step {
  after_ms: number;
  receivers: readonly string[];
  schedules: readonly string[];
}

/** Of every schedule. */
export const onCall = async (signal?: AbortSignal): Promise<OnCall[]> =>
  (await getJson<OnCall[]>("/api/v1/alerting/on-call", signal)).data;
