import { useQuery } from "@tanstack/react-query";
import { LayoutDashboard } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Provider } from "react-redux";
import { ApiError } from "../../api/client";
import type { Document } from "../../api/documents";
import { getDocument } from "../../api/documents";
import { viewOf } from "../../dashboards/canvas/kindView";
import { emptyDashboard } from "../../dashboards/document";
import { useFiles } from "../../dashboards/folders";
import type { Draft } from "../../dashboards/save/drafts";
import { draftKey, findDraft } from "../../dashboards/save/drafts";
import { FileNotice } from "../../dashboards/save/FileNotice";
import { documentKey } from "../../dashboards/save/keys";
import { contentOf, keptOf } from "../../dashboards/save/useSave";
import type { DashboardStore } from "../../dashboards/store";
import { createDashboardStore, dashboardActions } from "../../dashboards/store";
import { useMay, useProject, useWho } from "../../queries/account";
import { usePreferences } from "../../queries/preferences";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";
import { EmptyState, PageBody, PageHeader } from "../../ui";
import { widgetKind } from "../../widgets/registry";
import { PageLink } from "../bar/PageLink";
import { OpenDashboard } from "./OpenDashboard";
import "../../dashboards/dashboards.css";

export const NEW = "new";

interface Opened {
  id: string;
  /** Another one for each dashboard; a new one keeps it when it gets its id. */
  serial: number;
  store: DashboardStore;
  /** A draft of an earlier visit that was found again. */
  found: Draft | null;
  key: string;
}

/** The dashboard of the address; `/d/new` is one that was never saved. */
export default function DashboardPage() {
  const { location } = useSession();
  const project = useProject();
  const user = useWho().user?.id ?? "";
  const may = useMay();
  const id = (useLocationText().split("?")[0] ?? "").split("/")[2] ?? "";
  const isNew = id === NEW;
  const asked = useQuery({
    queryKey: documentKey(id),
    queryFn: async ({ signal }) => {
      const found = await getDocument("dashboard", id, signal);
      await withViews(found);
      return found;
    },
    enabled: !isNew && id !== "",
    // what somebody else saved is told, not put in place of what is being edited
    staleTime: Infinity,
    gcTime: 0,
  });
  const [opened, setOpened] = useState<Opened | null>(null);
  const files = useFiles();
  const file = files?.get(id) ?? null;
  const mayEdit = may("documents:write") && file?.writable !== false;
  useVisit(asked.data?.id ?? null);
  const document = isNew ? null : asked.data;
  if (document !== undefined && opened?.id !== id && (document === null || document.id === id)) {
    const key = draftKey(project, user, id);
    setOpened(open(id, document, key, isNew, mayEdit));
  }
  const created = useCallback(
    (saved: Document, isCopy: boolean) => {
      // the same dashboard goes on under the name it has now, with its way back
      const key = draftKey(project, user, saved.id);
      if (!isCopy) setOpened((old) => (old === null ? null : { ...old, id: saved.id, key }));
      location.open(`/d/${saved.id}${location.search}`, isCopy ? "push" : "replace");
    },
    [location, project, user, setOpened],
  );
  if (asked.error !== null && !isNew) return <Missing error={asked.error} />;
  if (opened?.id !== id) return <PageHeader title="Dashboard" />;
  return (
    <Provider store={opened.store} key={opened.serial}>
      {file === null ? null : <FileNotice id={id} file={file} onCopied={(copy) => created(copy, true)} />}
      <OpenDashboard found={opened.found} draftKey={opened.key} mayEdit={mayEdit} onCreated={created} />
    </Provider>
  );
}

/** Loads what its kinds of widgets are drawn by, so that they are there with their frames; what fails says so in its place. */
async function withViews(found: Document): Promise<void> {
  const kinds = [...new Set(contentOf(found).spec.widgets.map(({ kind }) => kind))].map(widgetKind);
  await Promise.allSettled(kinds.filter((kind) => kind !== null).map((kind) => viewOf(kind).preload()));
}

/** Notes that a dashboard is being looked at, once for each time it is opened. */
function useVisit(id: string | null): void {
  const { visit } = usePreferences();
  const noted = useRef<string | null>(null);
  useEffect(() => {
    if (id === null || noted.current === id) return;
    noted.current = id;
    // whoever cannot be noted sees the dashboard all the same
    visit(id).catch(() => undefined);
  }, [id, visit]);
}

let opens = 0;

function open(id: string, document: Document | null, key: string, isNew: boolean, mayEdit: boolean): Opened {
  const content = document === null ? { name: "New dashboard", spec: emptyDashboard() } : contentOf(document);
  const kept = document === null ? null : keptOf(document);
  opens += 1;
  const serial = opens;
  const found = mayEdit ? findDraft(localStorage, key) : null;
  if (found === null)
    return { id, serial, key, found, store: createDashboardStore(kept, content, isNew && mayEdit ? "edit" : "view") };
  // saving compares with what the draft was begun with, so that nobody's version is replaced unseen
  const base = kept === null ? null : { ...kept, version: Math.min(kept.version, found.base || kept.version) };
  const store = createDashboardStore(base, content, "edit");
  store.dispatch(dashboardActions.replaced({ content: found.content, label: "Go on with the draft" }));
  return { id, serial, key, found, store };
}

function Missing({ error }: { error: Error }) {
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <>
      <PageHeader title="Dashboard" />
      <PageBody>
        <EmptyState
          icon={LayoutDashboard}
          title={gone ? "There is no such dashboard" : "The dashboard did not come"}
          action={
            <PageLink to="/dashboards" className="btn">
              All dashboards
            </PageLink>
          }
        >
          {gone ? "It may have been deleted, or it is in another project." : error.message}
        </EmptyState>
      </PageBody>
    </>
  );
}
