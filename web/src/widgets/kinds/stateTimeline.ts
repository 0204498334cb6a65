import { ChartGantt } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { defaultsOf, flag, number, sampleFrame } from "./schema";

export interface StateOptions {
  values: boolean;
  rowHeight: number;
  gap: boolean;
}

const properties = {
  values: flag("Words in the bars", "Display", true),
  gap: flag("Space between states", "Display", true),
  rowHeight: number("Row height", "Display", 0, 0, 80, { description: "In pixels; 0: as high as there is room." }),
};

const STATES = [
  { kind: "value" as const, value: "0", start: null, end: null, text: "down", status: "crit" as const, color: "" },
  { kind: "value" as const, value: "1", start: null, end: null, text: "up", status: "ok" as const, color: "" },
  { kind: "value" as const, value: "2", start: null, end: null, text: "degraded", status: "warn" as const, color: "" },
];

export const stateTimeline: WidgetKind<StateOptions> = {
  kind: "state-timeline",
  name: "State timeline",
  version: "1.0",
  description: "Which state each thing was in, and how long: by value mappings or thresholds.",
  category: "time",
  icon: ChartGantt,
  needs: "states over time",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 6, h: 4, minW: 2, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/StateTimelineView"),
  sample: () =>
    sampleFrame(
      ["ingest", "query", "compact"].map((service, at) => ({
        labels: { service },
        value: (row: number) => (at === 1 && row > 30 && row < 38 ? 0 : at === 2 && row > 40 && row < 54 ? 2 : 1),
        format: { mappings: STATES },
      })),
    ),
};
