import { useEffect, useReducer, useRef, useState } from "react";
import type { MatrixView } from "../data/matrix";
import type { ApiError } from "../api/client";
import { useSession } from "./session";
import type { SourceStatus } from "./source";
import type { Question } from "./useSource";
import { useSource } from "./useSource";
import type { Time } from "./useTime";

export interface PanelFeed {
  status: SourceStatus;
  error: ApiError | null;
  view: MatrixView;
  version: number;
  stale_ms: number | null;
  retry: () => void;
}

const LATE_STEPS = 3;
const LATE_MS = 4000;

/** Rerenders about once a second, so that ages and countdowns move on their own. */
export function useSecond(active: boolean): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [active]);
}

/** What is read now, and each second again; only what has become another is rendered anew. */
export function useEachSecond<T extends number | null>(active: boolean, read: () => T): T {
  const newest = useRef(read);
  const [, saw] = useState<T | null>(null);
  useEffect(() => {
    newest.current = read;
  });
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => saw(newest.current()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return read();
}

/** How late the newest moment is; null while it is in time or time stands still. */
export function staleness(last_ms: number | null, now_ms: number, interval_ms: number): number | null {
  if (last_ms === null) return null;
  const age_ms = now_ms - last_ms;
  return age_ms > Math.max(LATE_MS, interval_ms * LATE_STEPS) ? age_ms : null;
}

/** A query as a panel needs it. */
export function usePanelData(question: Question, time: Time): PanelFeed {
  const session = useSession();
  const { source, state } = useSource(question, time);
  const watching = time.moving && !time.paused;
  useSecond(watching);
  const pace_ms = Math.max(time.step_ms, time.interval_ms);
  return {
    status: state.status,
    error: state.error,
    view: source.matrix.view(),
    version: state.version,
    stale_ms: watching ? staleness(source.matrix.lastTime, session.clock.now(), pace_ms) : null,
    retry: () => source.retry(),
  };
}
