import {
  Download,
  Ellipsis,
  Flag,
  History,
  House,
  LayoutTemplate,
  Maximize,
  PenLine,
  Redo2,
  Save,
  Settings,
  Share2,
  Star,
  Undo2,
  X,
} from "lucide-react";
import { PlaybackButton } from "../../dashboards/playback/PlaybackButton";
import { writeDashboard } from "../../dashboards/document";
import type { Saving } from "../../dashboards/save/useSave";
import { isChanged } from "../../dashboards/state";
import { useDashboard, useDashboardNow, useEdit } from "../../dashboards/store";
import { formatMoment } from "../../data/timeRange";
import { createNumbered } from "../../api/documents";
import { usePreferences } from "../../queries/preferences";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import type { MenuEntry } from "../../ui";
import { Badge, Button, IconButton, Menu, PageHeader, toast, useMedia } from "../../ui";
import { useSetKiosk } from "../bar/kiosk";
import { LiveBadge } from "../bar/LiveBadge";
import { TimePicker } from "../bar/TimePicker";
import { downloadJson } from "../../widgets/download";

export type DialogName = "share" | "marks" | "settings" | "versions" | "save";

interface Props {
  time: Time;
  mayEdit: boolean;
  saving: Saving;
  draftKept_ms: number | null;
  open: (dialog: DialogName) => void;
  discard: () => void;
}

/** Where you are left; time, state and what can be done right. */
export function DashboardHeader({ time, mayEdit, saving, draftKept_ms, open, discard }: Props) {
  const { location } = useSession();
  const now = useDashboardNow();
  const edit = useEdit();
  const name = useDashboard((state) => state.draft.name);
  const editing = useDashboard((state) => state.mode === "edit");
  const kept = useDashboard((state) => state.kept);
  const shift = useDashboard((state) => state.draft.spec.shift);
  const changed = useDashboard(isChanged);
  const roomy = useMedia("(min-width: 768px)");
  const wide = useMedia("(min-width: 900px)");
  const setKiosk = useSetKiosk();
  const { home, setHome } = usePreferences();
  const exportJson = (): void => {
    const { draft } = now();
    downloadJson(`${draft.name}.json`, {
      kind: "vedette/dashboard",
      name: draft.name,
      spec: writeDashboard(draft.spec),
    });
  };
  const asTemplate = async (): Promise<void> => {
    const { draft } = now();
    const made = await createNumbered("template", { name: draft.name, spec: writeDashboard(draft.spec) });
    toast({ status: "ok", text: `"${made.name}" is a template now.` });
  };
  const begin = (): void => {
    const id = kept?.id ?? "";
    told(setHome(home === id ? "" : id));
  };
  const entries: MenuEntry[] = [
    ...(mayEdit ? [{ label: "Settings", icon: Settings, onSelect: () => open("settings") }] : []),
    ...(mayEdit && kept !== null ? [{ label: "Save with a note", icon: Save, onSelect: () => open("save") }] : []),
    ...(kept === null ? [] : [{ label: "Versions", icon: History, onSelect: () => open("versions") }]),
    ...(wide ? [] : [{ label: "Marks", icon: Flag, onSelect: () => open("marks") }]),
    ...(wide ? [] : [{ label: "Share", icon: Share2, onSelect: () => open("share") }]),
    { label: "Full screen", icon: Maximize, note: "d k", onSelect: () => setKiosk(true) },
    { label: "Export JSON", icon: Download, onSelect: exportJson },
    ...(mayEdit ? [{ label: "Save as template", icon: LayoutTemplate, onSelect: () => told(asTemplate()) }] : []),
    ...(kept === null ? [] : [{ label: "Begin here", icon: House, checked: home === kept.id, onSelect: begin }]),
  ];
  const goList = (): void => location.go("/dashboards", ["from", "to", "project"]);
  return (
    <PageHeader
      title={name}
      crumbs={wide ? [{ label: "Dashboards", href: "/dashboards", go: goList }] : []}
      status={
        <>
          {kept === null ? null : <StarButton id={kept.id} />}
          {editing ? <Badge>Editing</Badge> : null}
          {shift === "" ? null : <Badge>{`${shift} earlier`}</Badge>}
          {editing ? <UndoButtons /> : null}
          {changed ? <DraftState kept_ms={draftKept_ms} time={time} /> : null}
        </>
      }
    >
      <LiveBadge time={time} stale_ms={null} />
      <PlaybackButton time={time} />
      {wide ? <IconButton icon={Flag} label="Marks" onClick={() => open("marks")} /> : null}
      <TimePicker time={time} />
      {wide ? <IconButton icon={Share2} label="Share" keys="d s" onClick={() => open("share")} /> : null}
      <Menu trigger={<IconButton icon={Ellipsis} label="Dashboard: more" />} entries={entries} />
      {!mayEdit || !roomy ? null : editing ? (
        <>
          {changed && kept !== null ? (
            <Button variant="ghost" onClick={discard}>
              Discard
            </Button>
          ) : null}
          <Button variant="ghost" icon={X} onClick={() => void edit.modeSet("view")} title="Back to the view (e)">
            Close
          </Button>
          <Button
            variant="primary"
            busy={saving.busy}
            disabled={!changed && kept !== null}
            onClick={() => (kept === null ? open("save") : void saving.save())}
            title="Save (Ctrl S)"
          >
            {kept === null ? "Save" : `Save as v${kept.version + 1}`}
          </Button>
        </>
      ) : (
        <Button icon={PenLine} onClick={() => void edit.modeSet("edit")} title="Edit (e)">
          Edit
        </Button>
      )}
    </PageHeader>
  );
}

function told(work: Promise<unknown>): void {
  work.catch((failure: unknown) =>
    toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) }),
  );
}

function UndoButtons() {
  const edit = useEdit();
  const last = useDashboard((state) => state.past.at(-1)?.label ?? null);
  const next = useDashboard((state) => state.future.at(-1)?.label ?? null);
  return (
    <span className="inline-flex">
      <IconButton
        icon={Undo2}
        label={last === null ? "Undo" : `Undo: ${last}`}
        keys="Ctrl Z"
        disabled={last === null}
        onClick={() => void edit.undone()}
      />
      <IconButton
        icon={Redo2}
        label={next === null ? "Redo" : `Redo: ${next}`}
        keys="Ctrl Shift Z"
        disabled={next === null}
        onClick={() => void edit.redone()}
      />
    </span>
  );
}

/** The dot of what is not saved, and since when the browser keeps it. */
function DraftState({ kept_ms, time }: { kept_ms: number | null; time: Time }) {
  const words = kept_ms === null ? "Not saved" : `Draft kept ${formatMoment(kept_ms, time.zone, false, true)}`;
  return (
    <span className="dash-draft num" title="Not saved">
      <i aria-hidden="true" />
      <span>{words}</span>
    </span>
  );
}

function StarButton({ id }: { id: string }) {
  const { stars, star } = usePreferences();
  const starred = stars.includes(id);
  return (
    <IconButton
      icon={Star}
      label={starred ? "Remove the star" : "Star"}
      aria-pressed={starred}
      className="star"
      onClick={() => told(star(id, !starred))}
    />
  );
}
