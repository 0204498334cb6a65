/** Rules as they are in force and as they are written, and what one would have done. */

import type { Labels } from "../data/labels";
import { selectorText } from "../data/labels";
import { prometheus } from "./client";
import { getJson, request, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Comparison = ">" | ">=" | "<" | "<=" | "==" | "!=";
export type Direction = "up" | "down" | "both";
export type Severity = "low" | "medium" | "high" | "critical";

export interface Threshold {
  kind: "threshold";
  query: string;
  op: Comparison;
  value: number;
  recover?: number | null;
}

export interface Compare {
  kind: "compare";
  left: string;
  op: Comparison;
  right: string;
  factor?: number;
  on?: readonly string[] | null;
}

export interface Change {
  kind: "change";
  query: string;
  over: string;
  by: number;
  unit?: "percent" | "absolute";
  direction?: Direction;
}

export interface Absence {
  kind: "absence";
  query: string;
  over?: string;
}

export interface Anomaly {
  kind: "anomaly";
  query: string;
  method?: "zscore" | "mad" | "seasonal";
  threshold?: number;
  window?: number;
  step?: string;
  direction?: Direction;
  season?: string;
  seasons?: number;
}

export interface Several {
  kind: "and" | "or";
  of: readonly Condition[];
  on?: readonly string[] | null;
}

export interface Not {
  kind: "not";
  of: Condition;
}

interface Promql {
  kind: "promql";
  query: string;
}

export type Condition = Threshold | Compare | Change | Absence | Anomaly | Several | Not | Promql;

/** One rule of a group, as a document or a file has it. */
export interface Rule {
  record?: string;
  alert?: string;
  expr?: string;
  condition?: Condition | null;
  for?: string;
  keep_firing_for?: string;
  keep_firing_while?: string;
  cooldown?: string;
  labels?: Labels;
  annotations?: Labels;
  severity?: Severity | "";
  tags?: readonly string[];
  owner?: string;
  runbook?: string;
  enabled?: boolean;
  id?: string;
}

/** The content of a document of kind `rule_group`. */
export interface RuleGroup {
  rules?: readonly Rule[];
  interval?: string;
  query_offset?: string;
  limit?: number;
  labels?: Labels;
  enabled?: boolean;
  tags?: readonly string[];
  description?: string;
}

/** A rule that is evaluated. */
export interface LiveRule {
  type: "alerting" | "recording";
  name: string;
  /** Of the rule within its group. */
  id: string;
  key: string;
  query: string;
  labels: Labels;
  health: "ok" | "err" | "unknown";
  lastError?: string;
  evaluationTime: number;
  lastEvaluation: string;
  state?: "inactive" | "pending" | "firing";
}

export interface LiveGroup {
  name: string;
  /** Where it stands; empty for a document. */
  file: string;
  /** Id of the document; empty for a file. */
  document: string;
  /** Seconds. */
  interval: number;
  rules: readonly LiveRule[];
  /** As it was written, with the rules that are switched off. */
  source: RuleGroup;
}

export type Backtest = Schemas["BacktestView"];
export type Band = Schemas["BandView"];
export type Told = Schemas["ToldView"];
export type RuleImport = Omit<Schemas["RuleImport"], "groups"> & {
  groups: readonly Omit<Schemas["ImportedGroup"], "spec">[];
};
type Period = Schemas["PeriodView"];

/** The groups in force, with what was written. */
export const liveGroups = async (signal?: AbortSignal): Promise<LiveGroup[]> => {
  const asked = new URLSearchParams({ exclude_alerts: "true", source: "true" });
  return (await prometheus<{ groups: LiveGroup[] }>("rules", asked, signal)).groups;
};

interface BacktestWish {
  rule: Rule;
  start_ms: number;
  end_ms: number;
  step_ms: number;
}

export async function backtest(wish: BacktestWish, signal?: AbortSignal): Promise<Backtest> {
  const { text } = await request("/api/v1/rules/backtest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
    signal,
  });
  return (JSON.parse(text) as { data: Backtest }).data;
}

/** Makes groups of a Prometheus rule file, or with `dry_run` only tells which. */
export const importRules = async (text: string, dry_run: boolean): Promise<RuleImport> =>
  (await sendJson<RuleImport>("POST", "/api/v1/rules/import", { text, dry_run })).data;

/** The rules of a Prometheus rule file, as documents have them, or what is wrong with it. */
export async function readRules(text: string): Promise<{ rules: Rule[]; errors: string[] }> {
  const { groups, errors } = (
    await sendJson<Schemas["RuleImport"]>("POST", "/api/v1/rules/import", { text, dry_run: true })
  ).data;
  return { rules: groups.flatMap(({ spec }) => [...((spec as RuleGroup).rules ?? [])]), errors };
}

/** When alerts of this name were pending and firing, of rules that were saved then; the newest thousand. */
export async function pastOf(
  alert: string,
  { start_ms, end_ms }: { start_ms: number; end_ms: number },
  signal?: AbortSignal,
): Promise<Period[]> {
  const asked = new URLSearchParams({
    match: selectorText({ alertname: alert }),
    start_ms: String(Math.floor(start_ms)),
    end_ms: String(Math.ceil(end_ms)),
  });
  return (await getJson<Period[]>(`/api/v1/alerts/history?${asked.toString()}`, signal)).data;
}
