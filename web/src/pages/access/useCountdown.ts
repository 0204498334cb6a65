import { useEffect, useState } from "react";
import type { TryLater } from "../../api/errors";

/** Seconds until the same may be tried again; calls `over` once they are. */
export function useCountdown(error: TryLater | null, over: () => void): number {
  const [left, setLeft] = useState<{ of: TryLater; end_ms: number; now_ms: number } | null>(null);
  if (error !== null && left?.of !== error) {
    // eslint-disable-next-line react-hooks/purity -- the moment at which the server said no
    const now_ms = Date.now();
    setLeft({ of: error, end_ms: now_ms + error.retry_after_s * 1000, now_ms });
  }
  useEffect(() => {
    if (error === null) return;
    const timer = setInterval(() => setLeft((before) => before && { ...before, now_ms: Date.now() }), 1000);
    return () => clearInterval(timer);
  }, [error]);
  const wait_s = error === null || left === null ? 0 : Math.max(0, Math.ceil((left.end_ms - left.now_ms) / 1000));
  useEffect(() => {
    if (error !== null && left?.of === error && wait_s === 0) over();
  }, [error, left, wait_s, over]);
  return wait_s;
}
