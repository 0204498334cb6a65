import { ChartScatter } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, number, sampleFrame, words, wobble } from "./schema";

export interface ScatterOptions {
  x: string;
  y: string;
  points: "window" | "last";
  size: number;
  trend: boolean;
}

const properties = {
  x: words("Query to the right", "Axes", "", { description: "Its ref, such as A; empty: the first." }),
  y: words("Query upwards", "Axes", "", { description: "Its ref; empty: the second." }),
  points: choose("Points", "Display", [["window", "Every moment of the window"], ["last", "The newest of each series"]]), // prettier-ignore
  size: number("Size", "Display", 3, 1, 12),
  trend: flag("Trend", "Display", false, { description: "The straight line that fits best." }),
};

export const scatter: WidgetKind<ScatterOptions> = {
  kind: "scatter",
  name: "Scatter",
  version: "1.0",
  description: "One number against another: series of two queries with the same labels.",
  category: "relation",
  icon: ChartScatter,
  needs: "two queries with the same labels",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 6, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/ScatterView"),
  sample: () => {
    const pairs = ["eu", "us", "ap"].map((region, at) => ({
      x: {
        labels: { region },
        value: (row: number) => 40 + 20 * at + 12 * wobble(row, at),
        format: { unit: "percent" },
      },
      y: {
        labels: { region },
        value: (row: number) => 60 + 22 * at + 20 * wobble(row, at) + 14 * wobble(row, at + 9),
        format: { unit: "ms" },
      },
    }));
    const [right, up] = [sampleFrame(pairs.map((one) => one.x)), sampleFrame(pairs.map((one) => one.y))];
    return {
      ...right,
      series: [...right.series, ...up.series.map((one) => ({ ...one, ref: "B", key: `B ${one.key}` }))],
    };
  },
};
