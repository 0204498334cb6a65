import { X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { IconButton, Notice } from "../../ui";
import { useWidgetKind } from "../../widgets/registry";
import { BoundScope } from "../BoundScope";
import { useDashboardContext } from "../context";
import { interpolateText } from "../data/interpolate";
import { useWidgetData } from "../data/useWidgetData";
import { useScope } from "../data/variables";
import { widgetTitle } from "../diff";
import type { Widget } from "../document";
import { useWidthOf } from "../editor/useWidthOf";
import { findShown } from "../repeat";
import { useDashboard } from "../store";
import type { Inspected, InspectorTab } from "./Inspection";
import { Inspection } from "./Inspection";
import "../editor/editor.css";

interface Props {
  /** Of a widget, or of one copy of it. */
  widgetId: string;
  onClose: () => void;
}

/** What a widget asked, what it cost and what came back, beside the canvas. */
export function InspectDrawer({ widgetId, onClose }: Props) {
  const sections = useDashboard((state) => state.draft.spec.sections);
  const widgets = useDashboard((state) => state.draft.spec.widgets);
  const { scope } = useScope();
  const found = useMemo(() => findShown({ sections, widgets }, scope, widgetId), [sections, widgets, scope, widgetId]);
  if (found === null) return null;
  return (
    <BoundScope bound={found.bound}>
      <Drawer key={widgetId} widget={found.widget} onClose={onClose} />
    </BoundScope>
  );
}

const ROLES = { value: "", past: " before", low: " least", high: " greatest" } as const;

function Drawer({ widget, onClose }: { widget: Widget; onClose: () => void }) {
  const { time } = useDashboardContext();
  const { scope } = useScope();
  const kind = useWidgetKind(widget.kind);
  const width = useWidthOf(widget.id);
  const data = useWidgetData(widget, { time, width, visible: true, schema: kind?.schema ?? null });
  const [tab, setTab] = useState<InspectorTab>("stats");
  const root = useRef<HTMLElement>(null);
  useEffect(() => root.current?.focus(), []);
  const asked = data.sources.flatMap<Inspected>(({ ask, source }) => {
    const { answer } = source.read();
    if (answer === null) return [];
    const interval = (): { start_ms: number; end_ms: number } => {
      const { end_ms } = time.window();
      return { start_ms: end_ms - (ask.instant ? 0 : ask.span_ms), end_ms };
    };
    const { promql, step_ms } = ask;
    return [{ name: ask.ref + ROLES[ask.role], promql, step_ms, interval, windowKey: time.windowKey, source, answer }];
  });
  const title = interpolateText(widgetTitle(widget), scope);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- escape closes it wherever the focus is inside
    <aside
      ref={root}
      className="drawer"
      aria-label={`Inspector of ${title}`}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <header className="drawer__head">
        <h2 className="truncate">{title}</h2>
        <IconButton icon={X} label="Close the inspector" keys="esc" onClick={onClose} />
      </header>
      <div className="drawer__body">
        {data.failures.map(({ ref, error }) => (
          <Notice key={ref} kind="crit">
            {ref}: {error.message}
          </Notice>
        ))}
        {asked.length === 0 ? (
          <p className="muted p-3">Nothing was answered yet.</p>
        ) : (
          <Inspection asked={asked} zone={time.zone} tab={tab} onTab={setTab} />
        )}
      </div>
    </aside>
  );
}
