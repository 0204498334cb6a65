import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  ChevronRight,
  Ellipsis,
  GripVertical,
  PanelTop,
  PenLine,
  Repeat2,
  Rows3,
  Trash2,
} from "lucide-react";
import type { ComponentProps, KeyboardEvent } from "react";
import { useState } from "react";
import type { MenuEntry } from "../../ui";
import { Button, Dialog, Field, IconButton, Menu, TextInput, toast } from "../../ui";
import type { Repeat, Section } from "../document";
import { RepeatForm } from "../editor/RepeatForm";
import type { SectionCopy } from "../repeat";
import { useEdit } from "../store";
import { CopiesBadge } from "./CopiesBadge";

export const sectionTitle = ({ title }: Pick<Section, "title">): string => (title.trim() === "" ? "Section" : title);

interface Props {
  copy: SectionCopy;
  count: number;
  /** How many there are in view; 0: it is not repeated. */
  copies: number;
  open: boolean;
  editing: boolean;
  onToggle: () => void;
  /** What its grip listens to. */
  grip: Pick<ComponentProps<"button">, "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel">;
}

/** The line above a section that folds. */
export function SectionHead({ copy, count, copies, open, editing, onToggle, grip }: Props) {
  const Chevron = open ? ChevronDown : ChevronRight;
  const edit = useEdit();
  const { id } = copy.section;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    edit.sectionMoved({ id, by: event.key === "ArrowUp" ? -1 : 1 });
  };
  return (
    <div className="dash-section" data-fold={id}>
      {editing ? (
        <IconButton
          icon={GripVertical}
          label={`${sectionTitle(copy)}: drag, or move with the arrow keys`}
          className="dash-section__grip"
          onKeyDown={onKey}
          {...grip}
        />
      ) : null}
      <h2 className="dash-section__title">
        <button type="button" aria-expanded={open} onClick={onToggle}>
          <Chevron className="icon icon--sm" aria-hidden />
          <span>{sectionTitle(copy)}</span>
          <em className="num">{count === 1 ? "1 panel" : `${count} panels`}</em>
        </button>
      </h2>
      {copies === 0 ? null : <CopiesBadge count={copies} variable={copy.section.repeat?.variable ?? ""} />}
      <i className="dash-section__line" />
      {editing ? <SectionMenu section={copy.section} count={count} /> : null}
    </div>
  );
}

export function SectionMenu({ section, count }: { section: Section; count: number }) {
  const edit = useEdit();
  const [renaming, setRenaming] = useState(false);
  const [repeating, setRepeating] = useState(false);
  const { id, kind } = section;
  const remove = (withWidgets: boolean): void => {
    edit.sectionRemoved({ id, withWidgets });
    toast({
      text: `Removed the section "${sectionTitle(section)}".`,
      action: { label: "Undo", run: () => void edit.undone() },
    });
  };
  const entries: MenuEntry[] = [
    { label: "Rename", icon: PenLine, onSelect: () => setRenaming(true) },
    { label: "Repeat by a variable", icon: Repeat2, onSelect: () => setRepeating(true) },
    kind === "fold"
      ? {
          label: "Make it a tab",
          icon: PanelTop,
          onSelect: () => void edit.sectionChanged({ id, change: { kind: "tab" } }),
        }
      : {
          label: "Make it fold",
          icon: Rows3,
          onSelect: () => void edit.sectionChanged({ id, change: { kind: "fold" } }),
        },
    { label: "Earlier", icon: ArrowUp, onSelect: () => void edit.sectionMoved({ id, by: -1 }) },
    { label: "Later", icon: ArrowDown, onSelect: () => void edit.sectionMoved({ id, by: 1 }) },
    "line",
    { label: "Remove, keep its widgets", icon: Trash2, onSelect: () => remove(false) },
    ...(count === 0
      ? []
      : [{ label: "Remove with its widgets", icon: Trash2, danger: true, onSelect: () => remove(true) }]),
  ];
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`${sectionTitle(section)}: more`} />} entries={entries} />
      {renaming ? <Rename section={section} close={() => setRenaming(false)} /> : null}
      {repeating ? <RepeatDialog section={section} close={() => setRepeating(false)} /> : null}
    </>
  );
}

function Rename({ section, close }: { section: Section; close: () => void }) {
  const edit = useEdit();
  const [title, setTitle] = useState(section.title);
  const submit = (): void => {
    edit.sectionChanged({ id: section.id, change: { title: title.trim() } });
    close();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Rename the section"
      onSubmit={submit}
      actions={
        <Button type="submit" variant="primary">
          Rename
        </Button>
      }
    >
      <Field label="Name">
        <TextInput value={title} onChange={setTitle} maxLength={200} />
      </Field>
    </Dialog>
  );
}

function RepeatDialog({ section, close }: { section: Section; close: () => void }) {
  const edit = useEdit();
  const set = (repeat: Repeat | null): void => void edit.sectionChanged({ id: section.id, change: { repeat } });
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`Repeat ${sectionTitle(section)}`}
      description="In view there is one such section for each value that is chosen."
      actions={
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      }
    >
      <RepeatForm repeat={section.repeat} whole onChange={set} />
    </Dialog>
  );
}
