import { BellRing } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, number, words } from "./schema";

export interface AlertsOptions {
  show: "open" | "all";
  match: string;
  times: boolean;
  limit: number;
}

const properties = {
  show: choose("Show", "Display", [["open", "What is open now"], ["all", "All of the window"]]), // prettier-ignore
  match: words("Only alerts with", "Display", "", { description: 'Labels, as in severity="high", team=~"a|b".' }),
  times: flag("Since when", "Display", true),
  limit: number("At most", "Display", 50, 1, 500, { type: "integer" }),
};

export const alerts: WidgetKind<AlertsOptions> = {
  kind: "alerts",
  name: "Alert list",
  version: "1.0",
  description: "Alerts that are pending or firing in the dashboard's time.",
  category: "status",
  icon: BellRing,
  mode: "none",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 5, minW: 2, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/AlertsView"),
  sample: () => ({ times: new Float64Array(0), step_ms: 1000, series: [] }),
};
