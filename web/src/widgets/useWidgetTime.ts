/** A widget's data and address as the time that charts ask for. */

import { useEffect, useMemo, useRef } from "react";
import type { ChartTime } from "./chartContext";
import type { WidgetProps } from "./plugin";

export function useWidgetTime({ data, zone, zoomTo, zoomOut, annotate }: WidgetProps<object>): ChartTime {
  const now = useRef(data);
  useEffect(() => {
    now.current = data;
  });
  return useMemo(
    () => ({
      window: () => now.current.windowNow?.() ?? now.current.window,
      zone,
      moving: data.live,
      zoomTo,
      zoomOut: () => zoomOut?.(),
      ...(annotate === undefined ? {} : { annotate }),
    }),
    [zone, data.live, zoomTo, zoomOut, annotate],
  );
}
