import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import { WatchingBatch } from "../../api/rulesWatching";
import type { Time } from "../../queries/useTime";
import { RecentAlertsProvider, useRecentAlerts } from "../alerts/useAlerts";
import { WatchingProvider } from "../alerts/useWatching";
import { originOf } from "../repeat";
import type { Draft } from "./AnnotationDialog";
import { AnnotationDialog } from "./AnnotationDialog";
import { MarksProvider, useMarksOf } from "./useMarks";

/** Gives everything below the marks of the open dashboard, and asks for words where something is annotated. */
export function MarksLayer({ time, children }: { time: Time; children: ReactNode }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const annotate = useCallback(
    (start_ms: number, end_ms: number, widget: string) =>
      setDraft({
        time_ms: start_ms,
        end_ms: end_ms > start_ms ? end_ms : null,
        widget: originOf(widget),
        there: null,
      }),
    [],
  );
  const marks = useMarksOf(time, annotate);
  const recent = useRecentAlerts(time);
  const [watching] = useState(() => new WatchingBatch());
  return (
    <MarksProvider value={marks}>
      <RecentAlertsProvider value={recent}>
        <WatchingProvider value={watching}>{children}</WatchingProvider>
      </RecentAlertsProvider>
      {draft === null ? null : (
        <AnnotationDialog draft={draft} zone={time.zone} close={() => setDraft(null)} done={marks.refresh} />
      )}
    </MarksProvider>
  );
}
