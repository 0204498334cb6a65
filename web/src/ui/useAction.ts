import { useCallback, useRef, useState } from "react";

export interface Action<A extends readonly unknown[]> {
  /** Runs it; a second call while the first runs does nothing. Answers whether it succeeded. */
  run: (...input: A) => Promise<boolean>;
  busy: boolean;
  /** What the last run failed with. */
  error: Error | null;
  clear: () => void;
}

/** Something that takes a while and may fail, as a form or a button needs it. */
export function useAction<A extends readonly unknown[]>(work: (...input: A) => unknown): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef(false);
  const run = useCallback(
    async (...input: A): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      setError(null);
      try {
        await work(...input);
        return true;
      } catch (failure) {
        setError(failure instanceof Error ? failure : new Error(String(failure)));
        return false;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [work],
  );
  const clear = useCallback(() => setError(null), []);
  return { run, busy, error, clear };
}
