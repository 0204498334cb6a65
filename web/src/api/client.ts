/** Requests to the server: the Prometheus API and the columnar answer of our own. Errors come as ApiError. */

import type { Labels } from "../data/labels";

export interface Limit {
  name: string;
  value: number;
}

export class ApiError extends Error {
  constructor(
    message: string,
    /** Our stable code, "offline" when the server did not answer. */
    readonly code: string,
    readonly status: number,
    readonly position: { start: number; end: number } | null,
    readonly limit: Limit | null,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

export interface Annotation {
  message: string;
  start?: number;
  end?: number;
}

export type WireColumn = (number | string | null)[];

export interface Columns {
  resultType: string;
  timestamps_ms: number[];
  step_ms: number;
  series: { labels: Labels; values: WireColumn }[];
}

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

export interface ColumnsAnswer {
  data: Columns;
  total_points: number;
  query_time_ms: number;
  stats: QueryStats;
  warnings: Annotation[];
  infos: Annotation[];
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

async function request(path: string, init: RequestInit): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, init);
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer", "offline", 0, null, null, null);
  }
  if (!response.ok) throw toError(text, response.status);
  return text;
}

function toError(text: string, status: number): ApiError {
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    return new ApiError(
      typeof body["error"] === "string" ? body["error"] : `The server answered ${status}`,
      typeof body["code"] === "string" ? body["code"] : "error",
      status,
      (body["position"] as ApiError["position"] | undefined) ?? null,
      (body["limit"] as Limit | undefined) ?? null,
      typeof body["request_id"] === "string" ? body["request_id"] : null,
    );
  } catch {
    return new ApiError(`The server answered ${status}`, "error", status, null, null, null);
  }
}

export async function rangeColumns(wish: RangeRequest, signal?: AbortSignal): Promise<ColumnsAnswer> {
  const text = await request(COLUMNS_PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = JSON.parse(text) as Partial<ColumnsAnswer> & { data: Columns };
  return {
    data: answer.data,
    total_points: answer.total_points ?? 0,
    query_time_ms: answer.query_time_ms ?? 0,
    stats: answer.stats ?? {},
    warnings: answer.warnings ?? [],
    infos: answer.infos ?? [],
    bytes: text.length,
  };
}

/** `GET /api/v1/...` of the Prometheus API: the content of `data`. */
export async function prometheus<T>(path: string, params: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const query = params.toString();
  const text = await request(
    `/api/v1/${path}${query === "" ? "" : `?${query}`}`,
    signal === undefined ? {} : { signal },
  );
  return (JSON.parse(text) as { data: T }).data;
}

export interface InstantSeries {
  metric: Labels;
  value: [number, string];
}

export async function instant(promql: string, signal?: AbortSignal): Promise<InstantSeries[]> {
  const answer = await prometheus<{ resultType: string; result: unknown }>(
    "query",
    new URLSearchParams({ query: promql }),
    signal,
  );
  return answer.resultType === "vector" ? (answer.result as InstantSeries[]) : [];
}

export interface Metadata {
  type: string;
  help: string;
  unit: string;
}

export const metadata = (signal?: AbortSignal): Promise<Record<string, Metadata[]>> =>
  prometheus("metadata", new URLSearchParams({ limit_per_metric: "1" }), signal);

export const metricNames = (signal?: AbortSignal): Promise<string[]> =>
  prometheus("label/__name__/values", new URLSearchParams(), signal);

export const formatQuery = (promql: string): Promise<string> =>
  prometheus("format_query", new URLSearchParams({ query: promql }));

/** The plan of a query as text; the server gives it as text or as a tree. */
export async function explain(wish: RangeRequest, signal?: AbortSignal): Promise<string> {
  const params = new URLSearchParams({
    query: wish.promql,
    start: String(wish.start_ms / 1000),
    end: String(wish.end_ms / 1000),
    step: String(wish.step_ms / 1000),
  });
  const plan = await prometheus<unknown>("explain", params, signal);
  return typeof plan === "string" ? plan : JSON.stringify(plan, null, 2);
}
