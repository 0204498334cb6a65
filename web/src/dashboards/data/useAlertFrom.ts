import { useQueryClient } from "@tanstack/react-query";
import { useSession } from "../../queries/session";
import { useDashboardContext } from "../context";
import type { Widget } from "../document";
import { widgetTitle } from "../diff";
import { originOf } from "../repeat";
import { useDashboard } from "../store";
import { interpolateText } from "./interpolate";
import { planWidget } from "./questions";
import { knownIntervals } from "./useScrapeIntervals";
import { useScope } from "./variables";

const WIDTH = 1000;
/** Windows such as `$__rate_interval` are those of a short view: a rule looks at what is new. */
const VIEW_MS = 3_600_000;

/** The number that its thresholds call critical, else the highest of them; null: it has none. */
export function alarmingValue({ format }: Pick<Widget, "format">): number | null {
  const values = (format.thresholds ?? []).flatMap(({ value, status }) =>
    typeof value === "number" ? [{ value, critical: status === "crit" }] : [],
  );
  const critical = values.filter((one) => one.critical);
  const meant = critical.length > 0 ? critical : values;
  return meant.length === 0 ? null : Math.max(...meant.map((one) => one.value));
}

/** Opens a new rule about what a widget asks, variables and filters put in. */
export function useAlertFrom(): (widget: Widget) => void {
  const { location } = useSession();
  const { time } = useDashboardContext();
  const { scope, filters } = useScope();
  const client = useQueryClient();
  const dashboard = useDashboard((state) => state.kept?.id ?? null);
  return (widget) => {
    const end_ms = time.now();
    const wish = {
      interval: { start_ms: end_ms - VIEW_MS, end_ms },
      width: WIDTH,
      variables: scope,
      filters,
      envelope: false,
      scrapeOf: knownIntervals(client, time),
    };
    const expr = planWidget(widget, wish).asks.find((one) => one.role === "value")?.promql ?? "";
    const value = alarmingValue(widget);
    location.go("/alerts/rules/new", ["project"]);
    location.change(
      {
        expr,
        name: interpolateText(widgetTitle(widget), scope),
        value: value === null ? null : String(value),
        dashboard,
        widget: dashboard === null ? null : originOf(widget.id),
      },
      "replace",
    );
  };
}
