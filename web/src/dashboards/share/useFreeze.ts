import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { FrozenTime, NewFrozen } from "../../api/sharing";
import type { Time } from "../../queries/useTime";
import { widgetKind } from "../../widgets/registry";
import { learnIntervals } from "../data/useScrapeIntervals";
import { useScope } from "../data/variables";
import { wantsEnvelope } from "../data/useWidgetData";
import { useMarks } from "../marks/useMarks";
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
  /** With the sources of marks that are on. */
  marks: boolean;
  /** Viewers may look closer at parts of the time. */
  zoom: boolean;
}

export interface Frozen {
  body: NewFrozen;
  left: readonly string[];
}

/** The open dashboard as it is at the moment of a call, as it can be given away. */
export function useFreeze(time: Time): (wanted: Wanted) => Promise<Frozen> {
  const now = useDashboardNow();
  const client = useQueryClient();
  const { scope, filters } = useScope();
  const { sources } = useMarks();
  return useCallback(
    async ({ title, live, only, lifetime_ms, widths, marks, zoom }) => {
      const { draft, kept } = now();
      const window = time.window();
      const interval = { start_ms: Math.round(window.start_ms), end_ms: Math.round(window.end_ms) };
      // widgets that nobody has scrolled to have not asked how often their series are scraped
      const frozen = await learnIntervals(client, time, (scrapeOf) =>
        freezeDashboard({
          spec: draft.spec,
          scope,
          filters,
          interval,
          only: only === "" ? null : only,
          envelope: (widget) => wantsEnvelope(widget, widgetKind(widget.kind)?.schema ?? null),
          scrapeOf,
          widths,
          marks: marks ? sources.filter((one) => one.on).map((one) => one.source) : [],
          zoom,
        }),
      );
      if (frozen.waits) throw new Error("Values of variables are still on their way: try again in a moment.");
      const span_ms = interval.end_ms - interval.start_ms;
      const shared: FrozenTime = live ? { last_ms: Math.round(span_ms / 1000) * 1000 } : interval;
      const dashboard = kept === null ? {} : { dashboard: kept.id };
      const { spec, questions, marks: given, left } = frozen;
      const body = { title, time: shared, spec, questions, marks: given, expires_in_ms: lifetime_ms, ...dashboard };
      return { body: { ...body, zoom }, left };
    },
    [now, client, scope, filters, time, sources],
  );
}
