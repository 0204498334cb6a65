import { Grid3x3 } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, sampleFrame, wobble } from "./schema";

export interface HeatOptions {
  rows: "auto" | "series" | "buckets";
  sort: "name" | "largest" | "none";
  scale: boolean;
}

const properties = {
  rows: choose("Rows", "Display", [["auto", "Buckets where there is a label le, else series"], ["series", "Series"], ["buckets", "Buckets of a histogram"]]), // prettier-ignore
  sort: choose("Order", "Display", [["name", "By name"], ["largest", "Largest first"], ["none", "As asked"]], { when: { field: "rows", is: ["auto", "series"] } }), // prettier-ignore
  scale: flag("Colour scale", "Display", true),
};

export const heatmap: WidgetKind<HeatOptions> = {
  kind: "heatmap",
  name: "Heat map",
  version: "1.0",
  description: "Many things over time, or the buckets of a histogram, as cells of colour.",
  category: "distribution",
  icon: Grid3x3,
  needs: "numbers over time",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 6, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/HeatView"),
  sample: () =>
    sampleFrame(
      Array.from({ length: 10 }, (_, at) => ({
        labels: { node: `vdb-${String(at + 1).padStart(2, "0")}` },
        value: (row: number) =>
          0.6 + 0.3 * wobble(row, at) + ([4, 7].includes(at) ? 7 * Math.exp(-(((row - 28) / 4) ** 2)) : 0),
        format: { unit: "s" },
      })),
    ),
};
