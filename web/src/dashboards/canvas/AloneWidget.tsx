import { useMemo } from "react";
import { BoundScope } from "../BoundScope";
import { useScope } from "../data/variables";
import { findShown } from "../repeat";
import { useDashboard } from "../store";
import { WidgetFrame } from "./WidgetFrame";

/** One widget, or one copy of it, over the whole page. */
export function AloneWidget({ id }: { id: string }) {
  const sections = useDashboard((state) => state.draft.spec.sections);
  const widgets = useDashboard((state) => state.draft.spec.widgets);
  const { scope } = useScope();
  const found = useMemo(() => findShown({ sections, widgets }, scope, id), [sections, widgets, scope, id]);
  if (found === null) return null;
  return (
    <div className="dash-alone">
      <BoundScope bound={found.bound}>
        <WidgetFrame widget={found.widget} alone />
      </BoundScope>
    </div>
  );
}
