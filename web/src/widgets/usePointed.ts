/** What is pointed at in this picture is told to the others, and what is in others shows here. */

import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { aboutPointed } from "../charts/pointed";
import { useChartShare } from "./chartContext";
import type { WidgetSeries } from "./plugin";

/** The keys that stand out; `focus` is the series pointed at here. null: all alike. */
export function usePointed(
  focus: string | null,
  series: readonly { key: string; series: WidgetSeries }[],
): ReadonlySet<string> | null {
  const { pointed } = useChartShare().crosshair;
  const [source] = useState(() => ({}));
  const labels = series.find((one) => one.key === focus)?.series.labels ?? null;
  useEffect(() => {
    pointed.point(source, labels);
    return () => pointed.point(source, null);
  }, [pointed, source, labels]);
  const elsewhere = useSyncExternalStore(pointed.watch, pointed.read);
  const keys = series.map((one) => one.key).join("\n");
  return useMemo(
    () => {
      if (focus !== null) return new Set([focus]);
      if (elsewhere === null || elsewhere.source === source) return null;
      return aboutPointed(
        elsewhere.labels,
        series.map(({ key, series: one }) => ({ key, labels: one.labels })),
      );
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the keys stand for the series
    [focus, elsewhere, source, keys],
  );
}
