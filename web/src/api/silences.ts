/** Silences: listed as Alertmanager lists them, written as documents, which know times that come again. */

import { request, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type ListedSilence = Schemas["GettableSilence"];
export type SilencePreview = Schemas["SilencePreview"];
export type Operator = "=" | "!=" | "=~" | "!~";

/** One condition on a label; patterns must match the whole value. */
export interface Condition {
  label: string;
  op: Operator;
  value: string;
}

/** Times that come again; all that is given must hold, of a list one entry. */
export interface TimeInterval {
  times?: readonly { start: string; end: string }[];
  weekdays?: readonly string[];
  days_of_month?: readonly string[];
  months?: readonly string[];
  years?: readonly string[];
  location?: string;
}

/** The content of a document of kind `silence`. */
export interface Silence {
  matchers: readonly Condition[];
  starts_ms: number;
  ends_ms: number;
  created_by: string;
  comment: string;
  recurring: readonly TimeInterval[];
}

/** Active ones first, then those to come, then those that ended in the last days. */
export async function listSilences(signal?: AbortSignal): Promise<ListedSilence[]> {
  return JSON.parse((await request("/api/v2/silences", { signal })).text) as ListedSilence[];
}

export const expireSilence = (id: string): Promise<unknown> =>
  request(`/api/v2/silence/${encodeURIComponent(id)}`, { method: "DELETE" });

/** What it would hide of what fires now. */
export const previewSilence = async (silence: Silence): Promise<SilencePreview> =>
  (await sendJson<SilencePreview>("POST", "/api/v1/alerting/silences/preview", { spec: silence })).data;
