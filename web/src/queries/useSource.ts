/** Queries in React: the source of a question over the page's time, aimed anew when either changes. */

import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useSession } from "./session";
import type { QuerySource, SourceState } from "./source";
import type { Time } from "./useTime";

/**
 * The source of `promql`; nothing is asked while it is empty. `slot` keeps one source while its question changes, so
 * that the old answer stays until the new one is here; `run` asks the same again.
 */
export function useSource(
  promql: string,
  time: Time,
  slot: string = promql,
  run = 0,
): { source: QuerySource; state: SourceState } {
  const { pool } = useSession();
  const source = pool.get(slot);
  const { step_ms, interval_ms, moving, window, windowKey } = time;
  useEffect(() => {
    const spec = promql.trim() === "" ? null : { promql, step_ms, interval_ms, interval: window(), follow: moving };
    return pool.use(slot, [promql, step_ms, interval_ms, moving, windowKey, run].join(" "), spec);
  }, [pool, slot, promql, step_ms, interval_ms, moving, window, windowKey, run]);
  const state = useSyncExternalStore(source.watch, source.read);
  return useMemo(() => ({ source, state }), [source, state]);
}
