import { useQueryClient } from "@tanstack/react-query";
import { useSession } from "../../queries/session";
import { useDashboardContext } from "../context";
import type { Widget } from "../document";
import { planWidget } from "./questions";
import { knownIntervals } from "./useScrapeIntervals";
import { useScope } from "./variables";

const WIDTH = 1000;

/** Opens Explore with what a widget asks now: variables and filters put in. */
export function useExplore(): (widget: Widget) => void {
  const { location } = useSession();
  const { time } = useDashboardContext();
  const { scope, filters } = useScope();
  const client = useQueryClient();
  return (widget) => {
    const wish = {
      interval: time.window(),
      width: WIDTH,
      variables: scope,
      filters,
      envelope: false,
      scrapeOf: knownIntervals(client, time),
    };
    const { asks } = planWidget(widget, wish);
    location.go("/explore", ["from", "to", "project"]);
    location.change({ q: asks.filter((one) => one.role === "value").map((one) => one.promql) }, "replace");
  };
}
