import { X } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { Field, IconButton, Select, TextArea, TextInput } from "../../ui";
import { useWidgetKind, useWidgetKinds, widgetKind } from "../../widgets/registry";
import type { AnyWidgetKind } from "../../widgets/registry";
import { BoundScope } from "../BoundScope";
import { useDashboardContext } from "../context";
import { joined } from "../data/scope";
import { useWidgetData } from "../data/useWidgetData";
import { useScope } from "../data/variables";
import type { Widget } from "../document";
import { firstBound } from "../repeat";
import { useDashboard } from "../store";
import { FieldForm } from "./FieldForm";
import { LinkList } from "./LinkList";
import { keptOptions } from "./keptOptions";
import { OverrideList } from "./OverrideList";
import { QueryList } from "./QueryList";
import { RepeatForm } from "./RepeatForm";
import { SchemaForm } from "./SchemaForm";
import { TimeForm } from "./TimeForm";
import { useWidgetEdit } from "./useWidgetEdit";
import { useWidthOf } from "./useWidthOf";
import "./editor.css";

interface Props {
  widgetId: string;
  onClose: () => void;
}

/** Everything about one widget, beside the canvas that shows it as it changes. */
export function EditorDrawer({ widgetId, onClose }: Props) {
  const widget = useDashboard((state) => state.draft.spec.widgets.find((one) => one.id === widgetId));
  const kind = useWidgetKind(widget?.kind ?? "");
  if (widget === undefined || kind === null) return null;
  return (
    <FirstCopy widget={widget}>
      <Drawer key={widgetId} widget={widget} kind={kind} onClose={onClose} />
    </FirstCopy>
  );
}

/** A widget that is repeated is edited as the first of its copies, as the canvas shows it. */
function FirstCopy({ widget, children }: { widget: Widget; children: React.ReactNode }) {
  const { scope } = useScope();
  const section = useDashboard((state) => state.draft.spec.sections.find((one) => one.id === widget.section));
  const bound = useMemo(() => {
    const outer = firstBound(section?.repeat ?? null, scope);
    const inner = firstBound(widget.repeat, outer === null ? scope : joined(scope, outer));
    return outer === null || inner === null ? (inner ?? outer) : joined(outer, inner);
  }, [section?.repeat, widget.repeat, scope]);
  return <BoundScope bound={bound}>{children}</BoundScope>;
}

function Drawer({ widget, kind, onClose }: { widget: Widget; kind: AnyWidgetKind; onClose: () => void }) {
  const { time } = useDashboardContext();
  const edit = useWidgetEdit(widget);
  const width = useWidthOf(widget.id);
  const data = useWidgetData(widget, { time, width, visible: true, schema: kind.schema });
  const body = useRef<HTMLDivElement>(null);
  const root = useRef<HTMLElement>(null);
  useEffect(() => root.current?.focus(), []);
  const asks = kind.mode !== "none";
  const names = [...new Set(data.frame.series.filter((one) => one.isPast !== true).map((one) => one.name))];
  const parts: { id: string; title: string; count?: number; content: React.ReactNode }[] = [
    ...(asks
      ? [
          {
            id: "query",
            title: "Query",
            count: widget.queries.length,
            content: (
              <QueryList widget={widget} data={data} edit={edit} mode={kind.mode === "instant" ? "instant" : "range"} />
            ),
          },
        ]
      : []),
    {
      id: "options",
      title: "Options",
      content: (
        <>
          <Head widget={widget} edit={edit} />
          <SchemaForm schema={kind.schema} values={widget.options} onChange={edit.option} />
        </>
      ),
    },
    ...(asks
      ? [
          {
            id: "field",
            title: "Field",
            content: (
              <FieldForm
                options={widget.format}
                only={SHARED}
                onChange={(change, field) => edit.format(change, field)}
              />
            ),
          },
          {
            id: "overrides",
            title: "Overrides",
            count: widget.overrides.length,
            content: (
              <OverrideList
                overrides={widget.overrides}
                names={names}
                refs={widget.queries.map((one) => one.ref)}
                onChange={(overrides, field) => edit.change({ overrides }, `overrides ${field}`)}
              />
            ),
          },
          {
            id: "links",
            title: "Links",
            count: widget.links.length,
            content: (
              <LinkList links={widget.links} onChange={(links, field) => edit.change({ links }, `links ${field}`)} />
            ),
          },
          {
            id: "time",
            title: "Time",
            content: <TimeForm time={widget.time} onChange={(next) => edit.change({ time: next }, "time")} />,
          },
        ]
      : []),
    {
      id: "repeat",
      title: "Repeat",
      content: <RepeatForm repeat={widget.repeat} onChange={(repeat) => edit.change({ repeat }, "repeat")} />,
    },
  ];
  const jump = (id: string): void => {
    const part = body.current?.querySelector<HTMLElement>(`[data-part="${id}"]`);
    part?.scrollIntoView({ block: "start" });
    part?.querySelector<HTMLElement>("h3")?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- escape closes it wherever the focus is inside
    <aside
      ref={root}
      className="drawer"
      aria-label={`Settings of ${widget.title === "" ? kind.name : widget.title}`}
      tabIndex={-1}
      onKeyDown={(event) => {
        // the canvas behind must not take keys for its own; saving and undoing hold here, too
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <header className="drawer__head">
        <kind.icon className="icon" />
        <h2 className="truncate">{widget.title === "" ? kind.name : widget.title}</h2>
        <KindSelect widget={widget} kind={kind} onChange={(next) => edit.change(next)} />
        <IconButton icon={X} label="Close the settings" keys="esc" onClick={onClose} />
      </header>
      <nav className="drawer__jump tabs" aria-label="Parts of the settings">
        {parts.map(({ id, title, count }) => (
          <button key={id} type="button" onClick={() => jump(id)}>
            {title}
            {count === undefined || count === 0 ? null : <em className="num">{count}</em>}
          </button>
        ))}
      </nav>
      <div ref={body} className="drawer__body">
        {parts.map(({ id, title, content }) => (
          <div key={id} data-part={id} className="drawer__part" role="group" aria-label={title}>
            <h3 tabIndex={-1}>{title}</h3>
            {content}
          </div>
        ))}
      </div>
    </aside>
  );
}

const SHARED = ["unit", "decimals", "min", "max", "scale", "nulls", "color", "thresholds", "mappings"] as const;

function Head({ widget, edit }: { widget: Widget; edit: ReturnType<typeof useWidgetEdit> }) {
  return (
    <div className="edit-group">
      <Field label="Title">
        <TextInput value={widget.title} onChange={(title) => edit.change({ title }, "title")} />
      </Field>
      <Field label="Description" optional>
        <TextArea
          rows={2}
          value={widget.description}
          onChange={(description) => edit.change({ description }, "description")}
        />
      </Field>
    </div>
  );
}

interface KindProps {
  widget: Widget;
  kind: AnyWidgetKind;
  onChange: (change: Partial<Omit<Widget, "id">>) => void;
}

/** Another kind keeps questions, formats and those options that it has, too. */
function KindSelect({ widget, kind, onChange }: KindProps) {
  const kinds = useWidgetKinds();
  return (
    <Select
      label="Kind of widget"
      className="drawer__kind"
      value={widget.kind}
      options={kinds.map((one) => ({ value: one.kind, label: one.name }))}
      onChange={(name) => {
        const next = widgetKind(name);
        if (next === null || name === widget.kind) return;
        const { mode } = next;
        onChange({
          kind: name,
          options: keptOptions(widget.options, next.schema),
          // questions in the former kind's own way are asked in that of the new one
          queries:
            mode === "none" || mode === kind.mode
              ? widget.queries
              : widget.queries.map((one) => (one.mode === kind.mode ? { ...one, mode } : one)),
        });
      }}
    />
  );
}
