import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { documentVersion, documentVersions } from "../../api/documents";
import { formatMoment } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog, Notice } from "../../ui";
import { differences } from "../diff";
import { useDashboard, useEdit } from "../store";
import { Differences } from "./Differences";
import { MiniLayout } from "./MiniLayout";
import { contentOf } from "./useSave";

/** All saved versions; one of them beside what is here now, and the way back to it. */
export function VersionsDialog({ id, mayEdit, close }: { id: string; mayEdit: boolean; close: () => void }) {
  const { zone } = useSession();
  const edit = useEdit();
  const now = useDashboard((state) => state.draft);
  const kept = useDashboard((state) => state.kept?.version ?? 0);
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useQuery({
    queryKey: ["versions", id],
    queryFn: ({ signal }) => documentVersions("dashboard", id, signal),
    staleTime: 0,
  });
  const version = chosen ?? list.data?.[1]?.version ?? list.data?.[0]?.version ?? null;
  const former = useQuery({
    queryKey: ["version", id, version],
    queryFn: async ({ signal }) => contentOf(await documentVersion("dashboard", id, version ?? 0, signal)),
    enabled: version !== null,
  });
  const content = former.data;
  const difference = content === undefined ? null : differences(content, now);
  const restore = (): void => {
    if (content === undefined) return;
    edit.modeSet("edit");
    edit.replaced({ content, label: `Restore version ${version ?? 0}` });
    close();
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={close}
      title="Versions"
      description="Choose one to see how it differs from what is here now. Restoring puts it into the draft; save to keep it."
      actions={
        mayEdit ? (
          <Button variant="primary" disabled={content === undefined} onClick={restore}>
            Restore version {version ?? ""}
          </Button>
        ) : undefined
      }
    >
      {list.error === null ? null : <Notice kind="crit">{list.error.message}</Notice>}
      <div className="dash-versions">
        <ul aria-label="Saved versions">
          {(list.data ?? []).map((one) => (
            <li key={one.version}>
              <button
                type="button"
                className="list-row"
                aria-current={one.version === version ? "true" : undefined}
                onClick={() => setChosen(one.version)}
              >
                <b className="num">v{one.version}</b>
                <span className="min-w-0 flex-1 truncate">{one.message === "" ? one.name : one.message}</span>
                {one.version === kept ? <span className="tag">open</span> : null}
                <span className="muted num">
                  {one.saved_by} {formatMoment(one.saved_ms, zone.read(), true, false)}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {content === undefined || difference === null ? null : (
          <div className="dash-versus">
            <section aria-label={`Version ${version ?? ""}`}>
              <MiniLayout
                content={content}
                changes={difference.widgets.filter((one) => one.kind !== "added")}
                label={`Version ${version ?? ""}`}
              />
            </section>
            <section aria-label="Now">
              <MiniLayout content={now} changes={difference.widgets} label="Now" />
            </section>
            <div className="col-span-full">
              <Differences difference={difference} none="The same as now." />
            </div>
          </div>
        )}
      </div>
    </Dialog>
  );
}
