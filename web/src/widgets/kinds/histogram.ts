import { ChartColumnBig } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, number, sampleFrame } from "./schema";

export interface HistogramOptions {
  source: "auto" | "values" | "buckets";
  bins: number;
  percentiles: number[];
  cumulative: boolean;
  outliers: boolean;
}

const properties = {
  source: choose("Of", "Display", [
    ["auto", "Buckets where there is a label le, else all values"],
    ["values", "All values in the window"],
    ["buckets", "Buckets of a histogram"],
  ]),
  bins: number("Bins", "Display", 0, 0, 200, { type: "integer", description: "0: as the values suggest." }),
  percentiles: {
    type: "array" as const,
    title: "Percentiles",
    group: "Marks",
    default: [50, 95, 99],
    items: { type: "number" as const },
  },
  cumulative: flag("Cumulative line", "Marks", false, { description: "The share of values up to each point." }),
  outliers: flag("Outliers", "Marks", true, {
    description: "Values beyond 1.5 times the range between the quartiles.",
  }),
};

/** Numbers that look drawn at random and are the same every time. */
function scattered(row: number, series: number): number {
  const at = (row * 0.618 + series * 0.37) % 1;
  return 34 + 12 * Math.log(at / (1 - at + 1e-6) + 1e-6) * (at > 0.5 ? 1.4 : 0.7);
}

export const histogram: WidgetKind<HistogramOptions> = {
  kind: "histogram",
  name: "Histogram",
  version: "1.0",
  description: "How values are spread: bins, percentiles, cumulative share, outliers.",
  category: "distribution",
  icon: ChartColumnBig,
  needs: "numbers over time, or buckets",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 5, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/HistogramView"),
  sample: () =>
    sampleFrame(
      [0, 1, 2, 3].map((at) => ({
        labels: { shard: String(at) },
        value: (row: number) => Math.max(1, scattered(row + 1, at)),
        format: { unit: "ms" },
      })),
    ),
};
