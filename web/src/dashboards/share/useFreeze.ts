import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { FrozenTime, NewFrozen } from "../../api/sharing";
import type { Time } from "../../queries/useTime";
import { widgetKind } from "../../widgets/registry";
import { knownIntervals } from "../data/useScrapeIntervals";
import { useScope } from "../data/variables";
import { wantsEnvelope } from "../data/useWidgetData";
import { useDashboardNow } from "../store";
import { freezeDashboard } from "./freeze";

export interface Wanted {
  title: string;
  /** It goes on with the clock; else it shows the moments of now. */
  live: boolean;
  /** Id of one widget; empty: all of them. */
  only: string;
  lifetime_ms: number;
  widths: readonly number[];
}

export interface Frozen {
  body: NewFrozen;
  left: readonly string[];
}

/** The open dashboard as it is at the moment of a call, as it can be given away. */
export function useFreeze(time: Time): (wanted: Wanted) => Frozen {
  const now = useDashboardNow();
  const client = useQueryClient();
  const { scope, filters } = useScope();
  return useCallback(
    ({ title, live, only, lifetime_ms, widths }) => {
      const { draft, kept } = now();
      const window = time.window();
      const interval = { start_ms: Math.round(window.start_ms), end_ms: Math.round(window.end_ms) };
      const frozen = freezeDashboard({
        spec: draft.spec,
        scope,
        filters,
        interval,
        only: only === "" ? null : only,
        envelope: (widget) => wantsEnvelope(widget, widgetKind(widget.kind)?.schema ?? null),
        scrapeOf: knownIntervals(client, time),
        widths,
      });
      if (frozen.waits) throw new Error("Values of variables are still on their way: try again in a moment.");
      const span_ms = interval.end_ms - interval.start_ms;
      const shared: FrozenTime = live ? { last_ms: Math.round(span_ms / 1000) * 1000 } : interval;
      const dashboard = kept === null ? {} : { dashboard: kept.id };
      const { spec, questions, left } = frozen;
      return { body: { title, time: shared, spec, questions, expires_in_ms: lifetime_ms, ...dashboard }, left };
    },
    [now, client, scope, filters, time],
  );
}
