/** Several queries at once over the page's time. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useSession } from "./session";
import type { QuerySource } from "./source";
import type { Question } from "./useSource";
import type { Time } from "./useTime";

/** The sources in the order of the questions; an empty question asks nothing. `run` asks all of them again. */
export function useSources(questions: readonly Question[], time: Time, run: number): readonly QuerySource[] {
  const { pool } = useSession();
  const { step_ms, interval_ms, moving, window, windowKey } = time;
  const identity = JSON.stringify(questions.map(({ slot, promql }) => [slot, promql]));
  const sources = useMemo(
    () => (JSON.parse(identity) as [string, string][]).map(([slot]) => pool.get(slot)),
    [pool, identity],
  );
  useEffect(() => {
    const releases = (JSON.parse(identity) as [string, string][]).map(([slot, promql]) => {
      const spec = promql.trim() === "" ? null : { promql, step_ms, interval_ms, interval: window(), follow: moving };
      return pool.use(slot, [promql, step_ms, interval_ms, moving, windowKey, run].join(" "), spec);
    });
    return () => {
      for (const release of releases) release();
    };
  }, [pool, identity, step_ms, interval_ms, moving, window, windowKey, run]);
  const watch = useCallback(
    (changed: () => void) => {
      const ends = sources.map((source) => source.watch(changed));
      return () => {
        for (const end of ends) end();
      };
    },
    [sources],
  );
  useSyncExternalStore(watch, () => sources.map((source) => source.read().version).join(" "));
  return sources;
}
