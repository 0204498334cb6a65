import type { PointerEvent, ReactNode } from "react";
import { useMemo, useRef, useState } from "react";
import type { Layout, LayoutItem } from "react-grid-layout/core";
import { getCompactor, verticalCompactor } from "react-grid-layout/core";
import { GridLayout } from "react-grid-layout/react";
import { widgetKind } from "../../widgets/registry";
import { describePlace, widgetTitle } from "../diff";
import type { Place, Widget } from "../document";
import { COLUMNS, freshId, newWidget } from "../document";
import type { Grid } from "../layout";
import { placesFor, readingOrder } from "../layout";
import { BoundScope } from "../BoundScope";
import type { Scope } from "../data/scope";
import { useScope } from "../data/variables";
import { copyCount, firstBound, repeatWidgets } from "../repeat";
import { useDashboard, useDashboardNow, useEdit } from "../store";
import { useWidgetActions } from "./actions";
import { cellAt, sectionUnder } from "./dropSection";
import { draggedKind } from "./draggedKind";
import { FloatBar } from "./FloatBar";
import { useWidgetKeys } from "./useWidgetKeys";
import { WidgetFrame } from "./WidgetFrame";

interface Props {
  section: string;
  widgets: readonly Widget[];
  width: number;
  grid: Grid;
  gap: number;
  editing: boolean;
}

const FREE = getCompactor(null, true, false);
const HANDLES = ["n", "e", "s", "w", "ne", "nw", "se", "sw"] as const;
const DROP_ID = "__dropping-elem__";
const RADIUS_PX = 4;

const placeOf = ({ x, y, w, h }: LayoutItem): Place => ({ x, y, w, h });

/** The widgets of one section: gravity on the grid, and above it those that were lifted off. */
export function SectionGrid({ section, widgets: own, width, grid, gap, editing }: Props) {
  const now = useDashboardNow();
  const edit = useEdit();
  const { drag } = useWidgetActions();
  const [target, setTarget] = useState<Place | null>(null);
  // the grid keeps what a drag showed; when the document says otherwise it has to be told
  const [told, setTold] = useState(0);
  // what is dragged, not resized, may go to another section; what it is over is marked
  const dragging = useRef(false);
  const marked = useRef<HTMLElement | null>(null);
  const mark = (element: HTMLElement | null): void => {
    marked.current?.removeAttribute("data-drop");
    element?.setAttribute("data-drop", "");
    marked.current = element;
  };
  const columns = grid.columns;
  const { scope } = useScope();
  const copies = useMemo(
    () =>
      editing ? own.map((widget) => ({ widget, bound: firstBound(widget.repeat, scope) })) : repeatWidgets(own, scope),
    [editing, own, scope],
  );
  const widgets = useMemo(() => copies.map((one) => one.widget), [copies]);
  const bounds = useMemo(() => new Map(copies.map(({ widget, bound }) => [widget.id, bound])), [copies]);
  const places = useMemo(() => placesFor(widgets, columns), [widgets, columns]);
  const gridConfig = useMemo(
    () => ({ cols: columns, rowHeight: grid.row_px, margin: [gap, gap] as const, containerPadding: [0, 0] as const }),
    [columns, grid.row_px, gap],
  );
  const dragConfig = useMemo(
    () => ({ enabled: editing, handle: ".panel__head", cancel: "button, a, input", threshold: RADIUS_PX }),
    [editing],
  );
  const resizeConfig = useMemo(() => ({ enabled: editing, handles: HANDLES }), [editing]);
  const dropConfig = useMemo(() => ({ enabled: editing, defaultItem: { w: 6, h: 5 } }), [editing]);
  const lifted = widgets.filter((one) => one.z > 0);
  const standing = widgets.filter((one) => one.z <= 0 || columns !== COLUMNS);

  const layoutOf = (some: readonly Widget[]): LayoutItem[] =>
    some.map((one) => {
      const place = places.get(one.id) ?? one.place;
      const size = widgetKind(one.kind)?.size;
      const least =
        editing && size !== undefined ? { minW: Math.min(size.minW, place.w), minH: Math.min(size.minH, place.h) } : {};
      return { i: one.id, ...place, ...least, static: one.locked && columns === COLUMNS };
    });

  const stopped = (
    layout: Layout,
    before: LayoutItem | null,
    after: LayoutItem | null,
    _to: LayoutItem | null,
    event: Event,
  ): void => {
    setTarget(null);
    mark(null);
    if (before === null || after === null) return;
    const { selection } = now();
    const under = event.type === "mouseup" && dragging.current ? sectionUnder(event, section) : null;
    dragging.current = false;
    if (under !== null) {
      const ids = selection.includes(after.i) ? selection : [after.i];
      const corner = under.at === null ? {} : { corner: cellAt(under.at, after, grid.row_px + gap) };
      edit.widgetsSectioned({ ids, section: under.section, ...corner });
      setTold(told + 1);
      return;
    }
    const resized = before.w !== after.w || before.h !== after.h;
    if (!resized && selection.length > 1 && selection.includes(after.i)) {
      drag(selection, after.x - before.x, after.y - before.y);
      setTold(told + 1);
    } else edit.widgetsPlaced({ places: Object.fromEntries(layout.map((one) => [one.i, placeOf(one)])) });
  };
  const dragged = (
    layout: Layout,
    before: LayoutItem | null,
    after: LayoutItem | null,
    to: LayoutItem | null,
    event: Event,
  ): void => {
    dragging.current = true;
    mark(sectionUnder(event, section)?.element ?? null);
    moving(layout, before, after, to);
  };
  const moving = (
    _layout: Layout,
    _before: LayoutItem | null,
    _after: LayoutItem | null,
    to: LayoutItem | null,
  ): void => {
    if (to !== null) setTarget((old) => (old !== null && describePlace(old) === describePlace(to) ? old : placeOf(to)));
  };
  const started = (_layout: Layout, before: LayoutItem | null): void => {
    if (before !== null && !now().selection.includes(before.i)) edit.selected([before.i]);
  };
  const dropped = (layout: Layout, item: LayoutItem | undefined): void => {
    setTarget(null);
    const kind = draggedKind.read();
    if (kind === null || item === undefined) return;
    const id = freshId("w", new Set(now().draft.spec.widgets.map((one) => one.id)));
    const widget = { ...newWidget(id, kind.kind, placeOf(item)), section, title: kind.name };
    const others = layout.filter((one) => one.i !== DROP_ID);
    edit.widgetsAdded({ widgets: [widget], places: Object.fromEntries(others.map((one) => [one.i, placeOf(one)])) });
  };
  const overDrop = (): { w: number; h: number } | false => {
    const kind = draggedKind.read();
    return kind === null ? false : { w: kind.size.w, h: kind.size.h };
  };

  const common = {
    width,
    gridConfig,
    dragConfig,
    resizeConfig,
    onDragStart: started,
    onResizeStart: started,
    onDrag: dragged,
    onResize: moving,
    onDragStop: stopped,
    onResizeStop: stopped,
  };
  const items = (some: readonly Widget[]): ReactNode[] =>
    [...some]
      .sort((a, b) => readingOrder({ place: places.get(a.id) ?? a.place }, { place: places.get(b.id) ?? b.place }))
      .map((one) => (
        <div key={one.id} data-widget={one.id} className="dash-item" style={one.z > 0 ? { zIndex: one.z } : undefined}>
          <Item
            widget={one}
            bound={bounds.get(one.id) ?? null}
            copies={editing ? copyCount(one.repeat, scope) : 0}
            place={places.get(one.id) ?? one.place}
            editing={editing}
            others={widgets}
          />
        </div>
      ));

  return (
    <div className="dash-grid" data-section={section} data-dragging={target === null ? undefined : ""}>
      {target === null ? null : <Guides gap={gap} />}
      {target === null ? null : <TargetLabel place={target} width={width} row_px={grid.row_px} gap={gap} />}
      <GridLayout
        key={`${columns} ${told}`}
        className={`dash-layout${editing && widgets.length === 0 ? " dash-layout--empty" : ""}`}
        layout={layoutOf(standing)}
        compactor={verticalCompactor}
        dropConfig={dropConfig}
        onDrop={dropped}
        onDropDragOver={overDrop}
        {...common}
      >
        {items(standing)}
      </GridLayout>
      {lifted.length === 0 || columns !== COLUMNS ? null : (
        <GridLayout className="dash-layout dash-layout--above" layout={layoutOf(lifted)} compactor={FREE} {...common}>
          {items(lifted)}
        </GridLayout>
      )}
    </div>
  );
}

interface ItemProps {
  widget: Widget;
  bound: Scope | null;
  /** How many there are in view; 0: it is not repeated. */
  copies: number;
  place: Place;
  editing: boolean;
  others: readonly Widget[];
}

/** A widget on the grid; while editing it takes the focus, the selection and the keys. */
function Item({ widget, bound, copies, place, editing, others }: ItemProps) {
  const edit = useEdit();
  const now = useDashboardNow();
  const chosen = useDashboard((state) => state.selection.includes(widget.id));
  const last = useDashboard((state) => state.selection.at(-1) === widget.id);
  const first = useDashboard((state) => state.selection.length === 0);
  const onKey = useWidgetKeys(widget, others);
  const onPress = (event: PointerEvent): void => {
    const { selection } = now();
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    if (event.target instanceof Element && event.target.closest(".dash-bar, [role='menu']") !== null) return;
    if (more) edit.selected(chosen ? selection.filter((id) => id !== widget.id) : [...selection, widget.id]);
    else if (!chosen) edit.selected([widget.id]);
  };
  const state = `${chosen ? ", selected" : ""}${widget.locked ? ", locked" : ""}`;
  const handles = {
    role: "group",
    "aria-roledescription": "widget",
    "aria-label": `${widgetTitle(widget)}, ${describePlace(place)}${state}`,
    "aria-describedby": "dash-keys",
    "data-selected": chosen ? "" : undefined,
    tabIndex: last || (first && others[0]?.id === widget.id) ? 0 : -1,
    onPointerDownCapture: onPress,
    onKeyDown: onKey,
  };
  return (
    <div className="dash-frame" data-frame={widget.id} {...(editing ? handles : {})}>
      {editing && last ? <FloatBar widget={widget} place={place} /> : null}
      <BoundScope bound={bound}>
        <WidgetFrame widget={widget} copies={copies} />
      </BoundScope>
    </div>
  );
}

function Guides({ gap }: { gap: number }) {
  return (
    <div className="dash-guides" style={{ gap }} aria-hidden="true">
      {Array.from({ length: COLUMNS }, (_, at) => (
        <i key={at} />
      ))}
    </div>
  );
}

/** Where the widget will stand, in words, in the dashed box that is left for it. */
function TargetLabel({ place, width, row_px, gap }: { place: Place; width: number; row_px: number; gap: number }) {
  const column = (width - gap * (COLUMNS - 1)) / COLUMNS;
  return (
    <span
      className="dash-target num"
      style={{ left: place.x * (column + gap) + 12, top: place.y * (row_px + gap) + 8 }}
      aria-hidden="true"
    >
      {describePlace(place)}
    </span>
  );
}
