/** Where alerts go: trees of routes, times at which they are quiet, and files of Alertmanager. */

import { sendJson } from "./http";
import type { components } from "./schema.gen";
import type { Condition, TimeInterval } from "./silences";

type Schemas = components["schemas"];

export type RouteTest = Schemas["RouteTest"];
export type RouteHit = Schemas["RouteHit"];
export type ImportOutcome = Omit<Schemas["Import"], "documents"> & {
  documents: readonly { kind: string; name: string; result: string; spec: unknown }[];
};

/** A node of a tree; what is not given is inherited. */
export interface Route {
  receiver?: string;
  matchers?: readonly Condition[];
  group_by?: readonly string[] | null;
  group_wait_ms?: number | null;
  group_interval_ms?: number | null;
  repeat_interval_ms?: number | null;
  mute_timings?: readonly string[];
  active_timings?: readonly string[];
  escalation?: string | null;
  continue?: boolean;
  routes?: readonly Route[];
}

/** The content of a document of kind `mute_timing`. */
export interface MuteTiming {
  intervals?: readonly TimeInterval[];
}

/** The content of a document of kind `inhibit_rule`. */
export interface InhibitRule {
  source_matchers?: readonly Condition[];
  target_matchers?: readonly Condition[];
  equal?: readonly string[];
}

const PATH = "/api/v1/alerting";

/** Where an alert goes at a moment (0: now): by the trees there are, or by one that is being written. */
export const testRoute = async (
  labels: Readonly<Record<string, string>>,
  time_ms: number,
  route: Route | null,
): Promise<RouteTest> => (await sendJson<RouteTest>("POST", `${PATH}/routes/test`, { labels, time_ms, route })).data;

/** Makes documents of an `alertmanager.yml`, or with `dry_run` only tells which. */
export const importAlertmanager = async (text: string, dry_run: boolean): Promise<ImportOutcome> =>
  (await sendJson<ImportOutcome>("POST", `${PATH}/import`, { text, dry_run })).data;
