import { ListChecks } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { defaultsOf, flag, sampleFrame } from "./schema";

export interface ProgressOptions {
  /** Null: the maximum of the field, or 100 for per cent, 1 for ratios. */
  goal: number | null;
  /** The last part of the window that the speed is taken from, in per cent. */
  over: number;
  eta: boolean;
  rate: boolean;
}

const properties = {
  goal: {
    type: "number" as const,
    title: "Goal",
    group: "Value",
    default: null,
    description: "Empty: the maximum of the field, else 100 %.",
  },
  eta: flag("When it will be done", "Display", true),
  rate: flag("Speed", "Display", false),
  over: {
    type: "number" as const,
    title: "Speed of the last",
    group: "Value",
    default: 50,
    minimum: 5,
    maximum: 100,
    description: "Per cent of the window.",
  },
};

export const progress: WidgetKind<ProgressOptions> = {
  kind: "progress",
  name: "Progress",
  version: "1.0",
  description: "How far something is, and when it will be done at this speed.",
  category: "number",
  icon: ListChecks,
  needs: "numbers over time that rise to a goal",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 3, h: 3, minW: 2, minH: 1 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/ProgressView"),
  sample: () =>
    sampleFrame(
      ["re-index", "backup", "migration"].map((job, at) => ({
        labels: { job },
        value: (_row: number, part: number) => (96 - 30 * at) * (0.5 + part / 2),
        format: { unit: "percent" },
      })),
    ),
};
