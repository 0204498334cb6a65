import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Document } from "../../api/documents";
import { getDocument } from "../../api/documents";
import { CanvasActionsProvider } from "../../dashboards/canvas/actions";
import { focusSoon } from "../../dashboards/canvas/useWidgetKeys";
import { Canvas } from "../../dashboards/canvas/Canvas";
import { AloneWidget } from "../../dashboards/canvas/AloneWidget";
import { DashboardContextProvider } from "../../dashboards/context";
import { PlaybackBar } from "../../dashboards/playback/PlaybackBar";
import { usePlugins } from "../../dashboards/plugins/usePlugins";
import { useDashboardTracks } from "../../dashboards/playback/useDashboardTracks";
import { Library, focusLibrary } from "../../dashboards/library/Library";
import { originOf } from "../../dashboards/repeat";
import { ConflictDialog } from "../../dashboards/save/ConflictDialog";
import type { Draft } from "../../dashboards/save/drafts";
import { SaveDialog } from "../../dashboards/save/SaveDialog";
import { useDraft } from "../../dashboards/save/useDraft";
import { useSave } from "../../dashboards/save/useSave";
import { LinkBar } from "../../dashboards/settings/LinkBar";
import { openingOf } from "../../dashboards/settings/opening";
import { useSync } from "../../dashboards/settings/useSync";
import { isChanged } from "../../dashboards/state";
import { useDashboard, useDashboardNow, useEdit } from "../../dashboards/store";
import { VariableBar } from "../../dashboards/VariableBar";
import { Variables } from "../../dashboards/Variables";
import { formatMoment } from "../../data/timeRange";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { useLocationText, useTime } from "../../queries/useTime";
import { Button, Notice, toast } from "../../ui";
import { ChartTimeProvider } from "../../widgets/chartContext";
import { useTimeCommands } from "../bar/useTimeCommands";
import type { DialogName } from "./DashboardHeader";
import { DashboardHeader } from "./DashboardHeader";
import { EditorDrawer, InspectDrawer, MarksDialog, SettingsDialog, ShareDialog, VersionsDialog } from "./demanded";
import { LeaveDialog } from "./LeaveDialog";
import { useDashboardKeys } from "./useDashboardKeys";
import { useLeaveGuard } from "./useLeaveGuard";

interface Props {
  found: Draft | null;
  draftKey: string;
  mayEdit: boolean;
  onCreated: (document: Document, isCopy: boolean) => void;
}

const LOOK_EVERY_MS = 15_000;

/** A dashboard that is here: bar, library, canvas and what opens over them. */
export function OpenDashboard({ found, draftKey, mayEdit, onCreated }: Props) {
  const { location, clock, zone } = useSession();
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const now = useDashboardNow();
  const edit = useEdit();
  const spec = useDashboard((state) => state.draft.spec);
  const editing = useDashboard((state) => state.mode === "edit");
  const kept = useDashboard((state) => state.kept);
  const changed = useDashboard(isChanged);
  const { timezone, refresh } = spec;
  const opening = useMemo(() => openingOf({ timezone, refresh }), [timezone, refresh]);
  const time = useTime(spec.time, opening);
  useSync(spec.crosshair);
  const clockNow = useCallback(() => clock.now(), [clock]);
  const draftKept_ms = useDraft(draftKey, clockNow);
  const saving = useSave(onCreated);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [configured, setConfigured] = useState<string | null>(null);
  const [inspected, setInspected] = useState<string | null>(null);
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [restored, setRestored] = useState(found);
  const scroll = useRef<HTMLElement>(null);
  const isUnsaved = useCallback(() => isChanged(now()), [now]);
  const leaving = useLeaveGuard(changed, isUnsaved);
  useTimeCommands(time);
  usePlugins();

  const panel = params.get("panel") ?? "";
  const alone = spec.widgets.some((one) => one.id === originOf(panel)) ? panel : null;
  const show = useCallback((id: string | null) => location.change({ panel: id }, "push"), [location]);
  const configure = useCallback(
    (id: string) => {
      const origin = originOf(id);
      edit.modeSet("edit");
      edit.selected([origin]);
      setInspected(null);
      setConfigured(origin);
    },
    [edit],
  );
  const reveal = useCallback(
    (id: string) => {
      const section = now().draft.spec.sections.find((one) => one.id === id);
      if (section?.kind === "tab") location.change({ tab: id }, "replace");
      else if (section?.collapsed === true) edit.sectionChanged({ id, change: { collapsed: false } });
    },
    [now, location, edit],
  );
  const mayAlert = useMay()("documents:write");
  const [shared, setShared] = useState("");
  const share = useCallback((id: string) => {
    setShared(id);
    setDialog("share");
  }, []);
  const open = useCallback((name: DialogName) => {
    setShared("");
    setDialog(name);
  }, []);
  const actions = useMemo(
    () => ({ mayEdit, mayAlert, configure, show, reveal, share, inspect: setInspected }),
    [mayEdit, mayAlert, configure, show, reveal, share],
  );
  const foldAll = (open: boolean): void => {
    const { sections } = now().draft.spec;
    setFolds(new Map(sections.map(({ id }) => [id, open])));
  };
  const discard = (): void => {
    edit.discarded();
    setRestored(null);
    toast("Back at what is saved.");
  };
  useDashboardKeys({
    mayEdit,
    alone,
    show,
    inspect: setInspected,
    save: () => {
      if (kept === null) setDialog("save");
      else if (changed) void saving.save();
      else toast("There is nothing to save.");
    },
    share,
    foldAll,
    focusLibrary,
  });
  const context = useMemo(() => ({ time }), [time]);
  const newer = useNewer(kept?.id ?? null, kept?.version ?? 0, editing);
  const scrolledFor = useRef(alone);
  useEffect(() => {
    // at first it is at the top, and asking for it would cost a layout
    if (scrolledFor.current === alone) return;
    scrolledFor.current = alone;
    scroll.current?.scrollTo({ top: 0 });
  }, [alone]);

  return (
    <DashboardContextProvider value={context}>
      <Variables time={time}>
        <ChartTimeProvider value={time}>
          <CanvasActionsProvider value={actions}>
            <DashboardHeader
              time={time}
              mayEdit={mayEdit}
              saving={saving}
              draftKept_ms={draftKept_ms}
              open={open}
              discard={discard}
            />
            {restored !== null && changed ? (
              <Notice
                kind="info"
                action={
                  <Button small onClick={discard}>
                    Discard the draft
                  </Button>
                }
              >
                Your draft of {formatMoment(restored.at_ms, zone.read(), true, false)} is here again, not saved yet.
              </Notice>
            ) : null}
            {newer === null || saving.conflict !== null ? null : (
              <Notice kind="warn">
                {newer.updated_by} saved version {newer.version} while you edit version {kept?.version ?? 0}. Saving
                shows both.
              </Notice>
            )}
            <VariableBar />
            <LinkBar />
            <div className="dash">
              {editing && alone === null ? <Library onAdded={focusSoon} /> : null}
              <main ref={scroll} className="dash__scroll" aria-label="Dashboard">
                {alone === null ? (
                  <Canvas
                    tab={params.get("tab")}
                    onTab={(tab) => location.change({ tab }, "replace")}
                    folds={folds}
                    onFold={(id, open) => setFolds(new Map(folds).set(id, open))}
                  />
                ) : (
                  <AloneWidget id={alone} />
                )}
              </main>
              {editing && configured !== null && inspected === null ? (
                <EditorDrawer widgetId={configured} onClose={() => setConfigured(null)} />
              ) : null}
              {inspected === null ? null : <InspectDrawer widgetId={inspected} onClose={() => setInspected(null)} />}
            </div>
            <DashboardPlayback time={time} />
            {dialog === "save" ? <SaveDialog saving={saving} close={() => setDialog(null)} /> : null}
            {dialog === "share" ? <ShareDialog time={time} widget={shared} close={() => setDialog(null)} /> : null}
            {dialog === "settings" ? <SettingsDialog close={() => setDialog(null)} /> : null}
            {dialog === "marks" ? <MarksDialog zone={time.zone} close={() => setDialog(null)} /> : null}
            {dialog === "versions" && kept !== null ? (
              <VersionsDialog id={kept.id} mayEdit={mayEdit} close={() => setDialog(null)} />
            ) : null}
            {saving.conflict === null ? null : <ConflictDialog theirs={saving.conflict} saving={saving} />}
            <LeaveDialog leaving={leaving} save={mayEdit ? () => saving.save() : null}>
              The draft stays in this browser: it is here again when you come back.
            </LeaveDialog>
          </CanvasActionsProvider>
        </ChartTimeProvider>
      </Variables>
    </DashboardContextProvider>
  );
}

/** The player, with the dashboard's own questions for its track. */
function DashboardPlayback({ time }: { time: Time }) {
  return <PlaybackBar time={time} choices={useDashboardTracks(time)} />;
}

/** What the server keeps meanwhile, when it is newer than what is edited here. */
function useNewer(id: string | null, version: number, editing: boolean): Document | null {
  const there = useQuery({
    queryKey: ["newest dashboard", id],
    queryFn: ({ signal }) => getDocument("dashboard", id ?? "", signal),
    enabled: id !== null && editing,
    refetchInterval: LOOK_EVERY_MS,
    staleTime: 0,
  });
  return there.data !== undefined && there.data.version > version ? there.data : null;
}
