/** Queries in React: the source of a question over the page's time, aimed anew when either changes. */

import { useMemo, useSyncExternalStore, useEffect } from "react";
import { useSession } from "./session";
import type { QuerySource, SourceState } from "./source";
import type { Time } from "./useTime";

export interface Question {
  /** Names the source: it stays while the question changes, and with it the old answer until the new one is here. */
  slot: string;
  promql: string;
}

/** What of the page's time a source depends on. */
export type SourceTime = Pick<Time, "step_ms" | "interval_ms" | "moving" | "window" | "windowKey">;

/** The source of a question; those with the same slot share it. */
export function useSource({ slot, promql }: Question, time: SourceTime): { source: QuerySource; state: SourceState } {
  const { pool } = useSession();
  const source = pool.get(slot);
  const { step_ms, interval_ms, moving, window, windowKey } = time;
  useEffect(() => {
    const spec = { promql, step_ms, interval_ms, interval: window(), follow: moving };
    return pool.use(slot, [promql, step_ms, interval_ms, moving, windowKey].join(" "), spec);
  }, [pool, slot, promql, step_ms, interval_ms, moving, window, windowKey]);
  const state = useSyncExternalStore(source.watch, source.read);
  return useMemo(() => ({ source, state }), [source, state]);
}
