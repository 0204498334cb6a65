import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { SourcePool } from "../../../queries/pool";
import { useSession } from "../../../queries/session";
import type { Time } from "../../../queries/useTime";
import { widgetKind } from "../../../widgets/registry";
import { inTimeOf } from "../../data/inTime";
import { interpolateText } from "../../data/interpolate";
import type { Target } from "../../data/feed";
import { WidgetFeed } from "../../data/feed";
import { usePlanner } from "../../data/planner";
import { joined } from "../../data/scope";
import { learnIntervals } from "../../data/useScrapeIntervals";
import { wantsEnvelope } from "../../data/useWidgetData";
import { useScope } from "../../data/variables";
import { widgetTitle } from "../../diff";
import { useDashboardNow } from "../../store";
import type { Shown } from "./layout";
import type { Table } from "./texts";

/** Pixels of a chart over half of a wide page: so many points are asked for. */
const WIDTH = 800;

/** What the widgets show at the moment of a call, as numbers. */
export function useTables(time: Time): (shown: readonly Shown[]) => Promise<Table[]> {
  const { pool: shared } = useSession();
  const now = useDashboardNow();
  const client = useQueryClient();
  const planner = usePlanner();
  const { scope, filters } = useScope();
  return useCallback(
    async (shown) => {
      const interval = time.window();
      const { spec } = now().draft;
      const asked = shown.filter(({ widget }) => widget.queries.some((one) => one.text.trim() !== ""));
      const plans = await learnIntervals(client, time, (scrapeOf) =>
        asked.map(({ widget: own, bound }) => {
          const widget = inTimeOf(own, spec);
          const variables = bound === null ? scope : joined(scope, bound);
          const envelope = wantsEnvelope(widget, widgetKind(widget.kind)?.schema ?? null);
          const plan = planner(widget, { interval, width: WIDTH, variables, filters, envelope, scrapeOf });
          return { widget, plan, title: interpolateText(widgetTitle(widget), variables) };
        }),
      );
      const { pool } = shared.still();
      const target: Target = {
        key: "export",
        interval: (span_ms) => ({ start_ms: interval.end_ms - span_ms, end_ms: interval.end_ms }),
        follow: false,
        interval_ms: () => 0,
      };
      return Promise.all(
        plans.map(async ({ widget, plan, title }): Promise<Table> => {
          const { frame, failures, problems } = await answered(pool, widget, plan, target);
          const problem = failures[0]?.error.message ?? problems[0]?.message ?? "";
          return { id: widget.id, title, frame, problem };
        }),
      );
    },
    [shared, now, client, planner, scope, filters, time],
  );
}

type Feed = Parameters<WidgetFeed["assemble"]>;

function answered(pool: SourcePool, widget: Feed[0], plan: Feed[1], target: Target) {
  const feed = new WidgetFeed(pool, (run) => run());
  return new Promise<ReturnType<WidgetFeed["assemble"]>>((resolve) => {
    const look = (): void => {
      const found = feed.assemble(widget, plan, target);
      if (found.status === "first" || found.status === "loading") return;
      end();
      feed.release();
      resolve(found);
    };
    const end = feed.watch(look);
    feed.aim(plan, target);
    look();
  });
}
