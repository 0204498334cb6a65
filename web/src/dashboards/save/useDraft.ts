/** The draft is kept by the browser a moment after each change, and gone once it is saved or dropped. */

import { useEffect, useState } from "react";
import { isChanged } from "../state";
import { useDashboard, useDashboardNow } from "../store";
import { dropDraft, keepDraft } from "./drafts";

const WAIT_MS = 600;

/** When it was last kept; null while there is nothing to keep. */
export function useDraft(key: string, now_ms: () => number): number | null {
  const now = useDashboardNow();
  const draft = useDashboard((state) => state.draft);
  const changed = useDashboard(isChanged);
  const [kept_ms, setKept] = useState<number | null>(null);
  useEffect(() => {
    if (!changed) {
      dropDraft(localStorage, key);
      return;
    }
    const keep = (): void => {
      const at_ms = now_ms();
      if (keepDraft(localStorage, key, { base: now().kept?.version ?? 0, at_ms, content: now().draft })) setKept(at_ms);
    };
    const timer = window.setTimeout(keep, WAIT_MS);
    const leave = (): void => {
      window.clearTimeout(timer);
      keep();
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("pagehide", leave);
    };
  }, [key, draft, changed, now, now_ms]);
  return changed ? kept_ms : null;
}
