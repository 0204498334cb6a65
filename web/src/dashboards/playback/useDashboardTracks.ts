import { useMemo } from "react";
import type { Time } from "../../queries/useTime";
import { timed } from "../data/inTime";
import { planWidget } from "../data/questions";
import { useScope } from "../data/variables";
import { widgetTitle } from "../diff";
import { useDashboard } from "../store";
import type { TrackChoice } from "./useTrack";

const WIDTH_PX = 600;

/** The first question of each widget, as it is asked, under the widget's name. */
export function useDashboardTracks(time: Time): readonly TrackChoice[] {
  const spec = useDashboard((state) => state.draft.spec);
  const { scope, filters } = useScope();
  return useMemo(() => {
    const wish = { interval: time.window(), width: WIDTH_PX, variables: scope, filters, envelope: false };
    const found = new Map<string, TrackChoice>();
    for (const widget of timed(spec).widgets) {
      const promql = planWidget(widget, wish).asks[0]?.promql;
      if (promql !== undefined && !found.has(promql)) found.set(promql, { title: widgetTitle(widget), promql });
    }
    return [...found.values()];
    // eslint-disable-next-line react-hooks/exhaustive-deps -- of the time, the window's key and length decide
  }, [spec, scope, filters, time.windowKey, time.span_ms]);
}
