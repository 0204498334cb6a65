import {
  BellPlus,
  Copy,
  Compass,
  Ellipsis,
  GripVertical,
  Lock,
  Maximize2,
  Minimize2,
  ChartLine,
  PenLine,
  SearchCode,
  Share2,
  Table2,
  Trash2,
  Files,
} from "lucide-react";
import { memo, useState } from "react";
import { formatDuration } from "../../data/duration";
import type { MenuEntry } from "../../ui";
import { IconButton, Menu } from "../../ui";
import { Panel } from "../../widgets/Panel";
import { useSession } from "../../queries/session";
import { follow } from "../../ui/PageHeader";
import { useWidgetKind } from "../../widgets/registry";
import { interpolateText } from "../data/interpolate";
import { useAlertFrom } from "../data/useAlertFrom";
import { useExplore } from "../data/useExplore";
import { useVisible } from "../data/useVisible";
import { useScope } from "../data/variables";
import { widgetTitle } from "../diff";
import type { Widget } from "../document";
import { originOf } from "../repeat";
import { useDashboard } from "../store";
import { useCanvas, useWidgetActions } from "./actions";
import type { AsTable } from "./asTable";
import { canBeTable, useAsTable } from "./asTable";
import { CopiesBadge } from "./CopiesBadge";
import { useBox } from "./useBox";
import type { About } from "./WidgetBody";
import { NOTHING_SAID, UnknownKind, WidgetBody } from "./WidgetBody";
import { WidgetBoundary } from "./WidgetBoundary";

interface Props {
  widget: Widget;
  /** It is shown alone. */
  alone?: boolean;
  /** How many copies there are in view while it is edited; 0: it is not repeated. */
  copies?: number;
}

/** A widget with its header, wherever it stands. */
export const WidgetFrame = memo(function WidgetFrame({ widget, alone = false, copies = 0 }: Props) {
  const [body, box] = useBox();
  const visible = useVisible(body);
  const [seen, setSeen] = useState(visible);
  if (visible && !seen) setSeen(true);
  const [about, setAbout] = useState(NOTHING_SAID);
  const { scope } = useScope();
  const kind = useWidgetKind(widget.kind);
  const editing = useDashboard((state) => state.mode === "edit") && !alone;
  return (
    <Panel
      title={interpolateText(widgetTitle(widget), scope)}
      meta={about.meta === "" ? undefined : about.meta}
      loading={about.loading}
      status={about.alert?.status}
      notice={
        <>
          {copies === 0 ? null : <CopiesBadge count={copies} variable={widget.repeat?.variable ?? ""} />}
          <Said about={about} />
          {editing ? (
            <span className="dash-head-marks">
              {widget.locked ? <Lock className="icon icon--xs" role="img" aria-label="locked" /> : null}
              <GripVertical className="icon icon--xs dash-grip" aria-hidden />
            </span>
          ) : null}
        </>
      }
      actions={<HeadActions widget={widget} alone={alone} editing={editing} />}
    >
      <div ref={body} className="panel__body dash-body">
        {seen && box !== null && box.height > 0 ? (
          <WidgetBoundary key={widget.kind}>
            {kind === null ? (
              <UnknownKind kind={widget.kind} />
            ) : (
              <WidgetBody widget={widget} kind={kind} box={box} visible={visible} tell={setAbout} />
            )}
          </WidgetBoundary>
        ) : null}
      </div>
    </Panel>
  );
});

/** Alerts about what is shown, age and notices of the data. */
function Said({ about: { stale_ms, notices, alert } }: { about: About }) {
  const { location } = useSession();
  const count = notices === "" ? 0 : notices.split("\n").length;
  return (
    <>
      {alert === null ? null : (
        <a
          className={`pnote pnote--${alert.status}`}
          href={alert.href}
          onClick={(event) => follow(event, () => location.open(alert.href))}
        >
          {alert.words}
        </a>
      )}
      {stale_ms === null ? null : (
        <span className="pnote pnote--warn">
          <i className="st st--warn" />
          {formatDuration(stale_ms)} old
        </span>
      )}
      {count === 0 ? null : (
        <span className="pnote pnote--warn" title={notices}>
          <i className="st st--warn" />
          {count === 1 ? "1 notice" : `${count} notices`}
          <span className="sr-only">{notices}</span>
        </span>
      )}
    </>
  );
}

const tableEntry = ({ on, turn }: AsTable) =>
  on
    ? { label: "Show as chart", icon: ChartLine, onSelect: turn }
    : { label: "Show as table", icon: Table2, onSelect: turn };

function HeadActions({ widget, alone, editing }: { widget: Widget; alone: boolean; editing: boolean }) {
  const { show, configure, inspect, share, mayEdit, mayAlert, leadsOn = true } = useCanvas();
  const { duplicate, copy, remove } = useWidgetActions();
  const asTable = useAsTable(widget.id);
  const kind = useWidgetKind(widget.kind);
  const explore = useExplore();
  const alertFrom = useAlertFrom();
  const { id } = widget;
  const title = widgetTitle(widget);
  const asked = widget.queries.some((one) => one.kind === "promql" && one.text.trim() !== "");
  const looks: MenuEntry[] = kind !== null && canBeTable(kind) && asked ? [tableEntry(asTable)] : [];
  const deeds: MenuEntry[] = [
    {
      label: alone ? "Back to all widgets" : "Show alone",
      icon: alone ? Minimize2 : Maximize2,
      note: "v",
      onSelect: () => show(alone ? null : id),
    },
    ...looks,
    ...(asked ? [{ label: "Explore", icon: Compass, onSelect: () => explore(widget) }] : []),
    ...(asked && mayAlert === true
      ? [{ label: "Create alert from this widget", icon: BellPlus, onSelect: () => alertFrom(widget) }]
      : []),
    ...(asked && inspect !== undefined
      ? [{ label: "Inspect", icon: SearchCode, note: "p i", onSelect: () => inspect(id) }]
      : []),
    ...(share === undefined ? [] : [{ label: "Share", icon: Share2, note: "p s", onSelect: () => share(id) }]),
    ...(mayEdit ? [{ label: "Configure", icon: PenLine, onSelect: () => configure(id) }] : []),
    { label: "Copy", icon: Copy, note: "Ctrl C", onSelect: () => void copy([originOf(id)]) },
    ...(editing
      ? ([
          { label: "Duplicate", icon: Files, note: "p d", onSelect: () => duplicate([id]) },
          "line",
          { label: "Remove", icon: Trash2, note: "p r", danger: true, onSelect: () => remove([id]) },
        ] satisfies MenuEntry[])
      : []),
  ];
  const entries = leadsOn ? deeds : looks;
  return (
    <>
      <IconButton
        icon={alone ? Minimize2 : Maximize2}
        label={alone ? `${title}: back to all widgets` : `${title}: show alone`}
        keys="v"
        className="dash-roomy"
        onClick={() => show(alone ? null : id)}
      />
      {asked && leadsOn ? (
        <IconButton icon={Compass} label={`${title}: explore`} className="dash-roomy" onClick={() => explore(widget)} />
      ) : null}
      {entries.length === 0 ? null : (
        <Menu trigger={<IconButton icon={Ellipsis} label={`${title}: more`} />} entries={entries} />
      )}
    </>
  );
}
