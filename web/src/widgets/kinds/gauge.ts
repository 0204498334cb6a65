import { Gauge } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, choose, defaultsOf, flag, sampleFrame, wobble } from "./schema";

export interface GaugeOptions {
  value: Reduce;
  shape: "circle" | "line";
  zones: boolean;
  ends: boolean;
  /** Null: no target. */
  target: number | null;
}

const properties = {
  shape: choose("Shape", "Display", [
    ["circle", "Circular"],
    ["line", "Linear"],
  ]),
  value: REDUCE,
  zones: flag("Zones", "Thresholds", true, { description: "A ring in the colours of the thresholds." }),
  ends: flag("Ends of the scale", "Display", true),
  target: {
    type: "number" as const,
    title: "Target",
    group: "Thresholds",
    default: null,
    description: "A tick on the scale.",
  },
};

export const gauge: WidgetKind<GaugeOptions> = {
  kind: "gauge",
  name: "Gauge",
  version: "1.0",
  description: "A number on its scale, with the zones that its thresholds make.",
  category: "number",
  icon: Gauge,
  needs: "a number",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 2, h: 4, minW: 1, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/GaugeView"),
  sample: () =>
    sampleFrame([
      {
        labels: { __name__: "recall" },
        value: (row) => 98.3 + 0.2 * wobble(row, 2),
        format: {
          unit: "percent",
          min: 95,
          max: 100,
          thresholds: [
            { status: "crit", value: null, color: "", label: "" },
            { status: "warn", value: 96, color: "", label: "" },
            { status: "ok", value: 97, color: "", label: "" },
          ],
        },
      },
    ]),
};
