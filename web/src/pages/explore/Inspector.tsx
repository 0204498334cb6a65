import type { Inspected } from "../../dashboards/inspector/Inspection";
import { Inspection } from "../../dashboards/inspector/Inspection";
import type { QuerySource } from "../../queries/source";
import type { Time } from "../../queries/useTime";
import type { ExploreState } from "./exploreState";
import { letter } from "./exploreState";

interface Props {
  state: ExploreState;
  sources: readonly QuerySource[];
  time: Time;
  change: (next: Partial<ExploreState>) => void;
}

/** The inspector of all queries that were answered. */
export function Inspector({ state, sources, time, change }: Props) {
  const { step_ms, windowKey, window } = time;
  const asked = sources.flatMap<Inspected>((source, at) => {
    const { answer } = source.read();
    const promql = state.queries[at] ?? "";
    if (answer === null || promql.trim() === "") return [];
    return [{ name: letter(at), promql, step_ms, interval: window, windowKey, source, answer }];
  });
  if (asked.length === 0) return null;
  return (
    <div className="card">
      <Inspection asked={asked} zone={time.zone} tab={state.tab} onTab={(tab) => change({ tab })} />
    </div>
  );
}
