/** Values of variables from the server. */

import { instant, prometheus } from "../../api/client";
import type { Labels } from "../../data/labels";
import type { Interval } from "../../data/timeRange";

const MAX_VALUES = 10_000;

export interface ValueQuestion {
  /** The label whose values are meant; empty: the values of the answer itself. */
  label: string;
  /** A selector for `label_values`, PromQL for `query`; empty: all series. */
  query: string;
  kind: "label_values" | "query";
}

export async function askValues(
  { kind, label, query }: ValueQuestion,
  interval: Interval,
  signal: AbortSignal,
  /** The moment that a query is asked about; null: now. */
  at_ms: number | null = null,
): Promise<string[]> {
  if (kind === "query") return readValues(await instant(query, signal, at_ms), label);
  if (label === "") return [];
  const params = new URLSearchParams({
    start: String(interval.start_ms / 1000),
    end: String(interval.end_ms / 1000),
    limit: String(MAX_VALUES),
  });
  if (query.trim() !== "") params.append("match[]", query);
  return prometheus(`label/${encodeURIComponent(label)}/values`, params, signal);
}

function readValues(series: readonly { metric: Labels; value: [number, string] }[], label: string): string[] {
  const values = series.map(({ metric, value }) => (label === "" ? value[1] : metric[label]));
  return [...new Set(values.filter((one) => one !== undefined))].slice(0, MAX_VALUES);
}
