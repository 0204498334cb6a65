import { ScrollText } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, number } from "./schema";

export interface LogOptions {
  order: "newest" | "oldest";
  gaps: boolean;
  limit: number;
}

const properties = {
  order: choose("Order", "Display", [["newest", "Newest first"], ["oldest", "Oldest first"]]), // prettier-ignore
  gaps: flag("Gaps in the data", "Display", true),
  limit: number("At most", "Display", 200, 1, 2000, { type: "integer" }),
};

export const log: WidgetKind<LogOptions> = {
  kind: "log",
  name: "Event log",
  version: "1.0",
  description: "What happened in the dashboard's time: annotations, alerts, gaps in the data.",
  category: "status",
  icon: ScrollText,
  mode: "none",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 5, minW: 2, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/LogView"),
  sample: () => ({ times: new Float64Array(0), step_ms: 1000, series: [] }),
};
