/** Elements of a picture that are of a series each: the one that is pointed at stands out here and in other pictures. */

import { useMemo, useState } from "react";
import type { WidgetSeries } from "./plugin";
import { usePointed } from "./usePointed";

export interface Highlight {
  enter: (key: string) => () => void;
  leave: () => void;
  /** A class of its own for what does not stand out while something does. */
  look: (key: string) => string;
}

export function useHighlight(series: readonly WidgetSeries[]): Highlight {
  const [focus, setFocus] = useState<string | null>(null);
  const pointed = usePointed(
    focus,
    series.map((one) => ({ key: one.key, series: one })),
  );
  return useMemo(
    () => ({
      enter: (key) => () => setFocus(key),
      leave: () => setFocus(null),
      look: (key) => (pointed === null || pointed.has(key) ? "" : "is-dim"),
    }),
    [pointed],
  );
}
