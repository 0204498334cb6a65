import {
  ArrowDownToLine,
  ArrowUpToLine,
  Copy,
  Files,
  FolderInput,
  Layers,
  Lock,
  LockOpen,
  Paintbrush,
  PaintRoller,
  PenLine,
  Trash2,
} from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import type { MenuEntry } from "../../ui";
import { Button, Field, IconButton, Menu, NumberInput, toast } from "../../ui";
import { describePlace } from "../diff";
import type { Place, Widget } from "../document";
import { COLUMNS } from "../document";
import { bySection, put } from "../layout";
import { useDashboard, useDashboardNow, useEdit } from "../store";
import { asRecord, useCanvas, useWidgetActions } from "./actions";
import { copiedStyle } from "./copiedStyle";

/** What can be done with the selection; it stands above the widget that was selected last. */
export function FloatBar({ widget, place }: { widget: Widget; place: Place }) {
  const edit = useEdit();
  const { configure } = useCanvas();
  const { duplicate, copy, remove } = useWidgetActions();
  const selection = useDashboard((state) => state.selection);
  const sections = useDashboard((state) => state.draft.spec.sections);
  const several = selection.length > 1;
  const change = (changed: Partial<Widget>, label: string): void =>
    void edit.widgetsChanged({ ids: selection, change: changed, label });
  const pasteStyle = (): void => {
    const style = copiedStyle.read();
    if (style !== null) change(style, "Paste the style");
  };
  const copyStyle = (): void => {
    copiedStyle.keep(widget);
    toast("Copied the style.");
  };
  const others = sections.filter((one) => one.id !== widget.section);
  const order: MenuEntry[] = [
    {
      label: "Bring to the front",
      icon: ArrowUpToLine,
      onSelect: () => void edit.widgetsOrdered({ ids: selection, direction: 1 }),
    },
    {
      label: "Back towards the grid",
      icon: ArrowDownToLine,
      disabled: widget.z === 0,
      onSelect: () => void edit.widgetsOrdered({ ids: selection, direction: -1 }),
    },
    { label: "Copy", icon: Copy, note: "Ctrl C", onSelect: () => void copy(selection) },
    { label: "Paste the style", icon: PaintRoller, disabled: copiedStyle.read() === null, onSelect: pasteStyle },
    ...(others.length === 0 && widget.section === "" ? [] : [{ heading: "Move to" } as const]),
    ...(widget.section === "" ? [] : [{ id: "", title: "Above all sections" }, ...[]])
      .concat(others.map(({ id, title }) => ({ id, title: title === "" ? "Section without a name" : title })))
      .map(({ id, title }) => ({
        label: title,
        icon: FolderInput,
        onSelect: () => void edit.widgetsSectioned({ ids: selection, section: id }),
      })),
  ];
  return (
    <div className="dash-bar" role="toolbar" aria-label="Selection">
      {several ? (
        <span className="dash-bar__what num">{selection.length} widgets</span>
      ) : (
        <ExactPlace widget={widget} place={place} />
      )}
      {several ? null : (
        <IconButton icon={PenLine} label="Configure" keys="enter" onClick={() => configure(widget.id)} />
      )}
      {several ? null : <IconButton icon={Paintbrush} label="Copy the style" onClick={copyStyle} />}
      <IconButton icon={Files} label="Duplicate" keys="p d" onClick={() => duplicate(selection)} />
      <IconButton
        icon={widget.locked ? Lock : LockOpen}
        label={widget.locked ? "Unlock" : "Lock"}
        aria-pressed={widget.locked}
        onClick={() => change({ locked: !widget.locked }, widget.locked ? "Unlock" : "Lock")}
      />
      <Menu trigger={<IconButton icon={Layers} label="Order and section" />} entries={order} />
      <IconButton
        icon={Trash2}
        label="Remove"
        keys="p r"
        className="dash-bar__danger"
        onClick={() => remove(selection)}
      />
    </div>
  );
}

/** Position and size, to be typed exactly. */
function ExactPlace({ widget, place }: { widget: Widget; place: Place }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="dash-bar__what num" title="Position and size" disabled={widget.locked}>
          {describePlace(place)}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover w-[280px] p-3" align="end" sideOffset={4} aria-label="Position and size">
          <PlaceForm widget={widget} place={place} close={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PlaceForm({ widget, place, close }: { widget: Widget; place: Place; close: () => void }) {
  const now = useDashboardNow();
  const edit = useEdit();
  const [wish, setWish] = useState({ x: place.x + 1, y: place.y + 1, w: place.w, h: place.h });
  const wrong =
    Object.values(wish).some((value) => !Number.isInteger(value) || value < 1) || wish.x + wish.w > COLUMNS + 1;
  const apply = (): void => {
    const { widgets, sections } = now().draft.spec;
    const group = bySection(widgets, sections).get(widget.section) ?? widgets;
    const places = put(group, widget.id, { x: wish.x - 1, y: wish.y - 1, w: wish.w, h: wish.h });
    edit.widgetsPlaced({ places: asRecord(places) });
    close();
  };
  const field = (name: keyof Place, label: string, max: number) => (
    <Field label={label}>
      <NumberInput
        value={wish[name]}
        min={1}
        max={max}
        onChange={(value) => setWish({ ...wish, [name]: value ?? NaN })}
      />
    </Field>
  );
  return (
    <form
      className="grid grid-cols-2 gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) apply();
      }}
    >
      {field("x", "Column", COLUMNS)}
      {field("y", "Row", 100_000)}
      {field("w", "Width", COLUMNS)}
      {field("h", "Height", 200)}
      {wish.x + wish.w > COLUMNS + 1 ? <p className="error-text col-span-2">The grid has {COLUMNS} columns.</p> : null}
      <Button type="submit" variant="primary" className="col-span-2" disabled={wrong}>
        Apply
      </Button>
    </form>
  );
}
