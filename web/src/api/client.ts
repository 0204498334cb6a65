/** Requests to the server: the Prometheus API and the columnar answer of our own. Errors come as ApiError. */

import type { Labels } from "../data/labels";
import { getJson, request } from "./http";
import type { components } from "./schema.gen";

export { ApiError, Changed, NotPermitted, SignedOut, TryLater } from "./errors";
export type { Limit } from "./errors";

type Schemas = components["schemas"];

export type Annotation = Schemas["ColumnsAnswer"]["warnings"][number];
export type Metadata = Schemas["Metadata"];

export interface QueryStats {
  series_read?: number;
  samples_read?: number;
  samples_total?: number;
  samples_peak?: number;
  bytes_read?: number;
  chunks_read?: number;
  result_series?: number;
  result_points?: number;
  timings_s?: Readonly<Record<string, number>>;
}

export interface ColumnsAnswer extends Omit<Schemas["ColumnsAnswer"], "stats"> {
  stats: QueryStats;
  /** Bytes of the answer as text. */
  bytes: number;
}

export interface RangeRequest {
  promql: string;
  start_ms: number;
  end_ms: number;
  step_ms: number;
}

export const COLUMNS_PATH = "/api/v1/metrics/query";

export async function rangeColumns(wish: RangeRequest, signal?: AbortSignal): Promise<ColumnsAnswer> {
  const { text } = await request(COLUMNS_PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
    signal,
  });
  return { ...(JSON.parse(text) as Omit<ColumnsAnswer, "bytes">), bytes: text.length };
}

/** `GET /api/v1/...` of the Prometheus API: the content of `data`. */
export async function prometheus<T>(path: string, params: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const query = params.toString();
  return (await getJson<T>(`/api/v1/${path}${query === "" ? "" : `?${query}`}`, signal)).data;
}

export interface InstantSeries {
  metric: Labels;
  value: [number, string];
}

/** `time_ms`: null asks about now. */
export async function instant(
  promql: string,
  signal?: AbortSignal,
  time_ms: number | null = null,
): Promise<InstantSeries[]> {
  const params = new URLSearchParams({ query: promql });
  if (time_ms !== null) params.set("time", String(time_ms / 1000));
  const answer = await prometheus<{ resultType: string; result: unknown }>("query", params, signal);
  return answer.resultType === "vector" ? (answer.result as InstantSeries[]) : [];
}

export const metadata = (signal?: AbortSignal): Promise<Record<string, Metadata[]>> =>
  prometheus("metadata", new URLSearchParams({ limit_per_metric: "1" }), signal);

export const metricNames = (signal?: AbortSignal): Promise<string[]> =>
  prometheus("label/__name__/values", new URLSearchParams(), signal);

export const formatQuery = (promql: string): Promise<string> =>
  prometheus("format_query", new URLSearchParams({ query: promql }));

export interface PlanNode {
  operator: string;
  rows: number;
  samples: number;
  seconds: number;
  inputs: PlanNode[];
}

/** How a query is carried out; it is run for that. */
export async function explain(wish: RangeRequest, signal?: AbortSignal): Promise<PlanNode> {
  const params = new URLSearchParams({
    query: wish.promql,
    start: String(wish.start_ms / 1000),
    end: String(wish.end_ms / 1000),
    step: String(wish.step_ms / 1000),
  });
  return (await prometheus<{ plan: PlanNode }>("explain", params, signal)).plan;
}
