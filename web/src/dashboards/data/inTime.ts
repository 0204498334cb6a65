/** The time shift and the comparison of the whole dashboard, as those of its widgets. */

import { useMemo } from "react";
import { parseDuration } from "../../data/duration";
import type { Dashboard, Widget } from "../document";
import { useDashboard } from "../store";

type Own = Pick<Dashboard, "shift" | "compare">;

/** Shifts add up; what a widget is compared with by itself counts more. */
export function inTimeOf(widget: Widget, { shift, compare }: Own): Widget {
  if (shift === "" && compare === "") return widget;
  const sum_ms = (parseDuration(widget.time.shift) ?? 0) + (parseDuration(shift) ?? 0);
  const time = { ...widget.time, shift: sum_ms === 0 ? "" : `${sum_ms}ms`, compare: widget.time.compare || compare };
  return { ...widget, time };
}

/** The same dashboard with that said by each widget, and no more by itself. */
export const timed = (spec: Dashboard): Dashboard => ({
  ...spec,
  shift: "",
  compare: "",
  widgets: spec.widgets.map((widget) => inTimeOf(widget, spec)),
});

export function useInTime(widget: Widget): Widget {
  const shift = useDashboard((state) => state.draft.spec.shift);
  const compare = useDashboard((state) => state.draft.spec.compare);
  return useMemo(() => inTimeOf(widget, { shift, compare }), [widget, shift, compare]);
}
