import { useQuery } from "@tanstack/react-query";
import { Camera, Download } from "lucide-react";
import { useMemo } from "react";
import type { SnapshotFile } from "../../api/sharing";
import { snapshotText } from "../../api/sharing";
import { usePlugins } from "../../dashboards/plugins/usePlugins";
import { FrozenDashboard } from "../../dashboards/share/FrozenDashboard";
import type { ShownQuestion } from "../../dashboards/share/freeze";
import { snapshotView } from "../../dashboards/share/view";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";
import { EmptyState, IconButton, PageBody, PageHeader } from "../../ui";
import { PageLink } from "../bar/PageLink";
import { downloadJson } from "../../widgets/download";
import { FrozenHeader } from "./FrozenHeader";
import "./public.css";

/** A snapshot of the project: a dashboard with the data of when it was taken. */
export default function SnapshotPage() {
  const { location, live } = useSession();
  const id = decodeURIComponent((useLocationText().split("?")[0] ?? "").split("/")[2] ?? "");
  const { data, error } = useQuery({
    queryKey: ["snapshot", id],
    queryFn: async ({ signal }) => JSON.parse(await snapshotText(id, signal)) as SnapshotFile<ShownQuestion>,
    staleTime: Infinity,
    gcTime: 0,
  });
  const view = useMemo(() => (data === undefined ? null : snapshotView(id, data, live)), [id, data, live]);
  usePlugins();
  if (error !== null) {
    return (
      <>
        <PageHeader title="Snapshot" />
        <PageBody>
          <EmptyState
            icon={Camera}
            title="The snapshot did not come"
            action={
              <PageLink to="/shared" className="btn">
                All that is shared
              </PageLink>
            }
          >
            {error.message}
          </EmptyState>
        </PageBody>
      </>
    );
  }
  if (view === null || data === undefined) return <PageHeader title="Snapshot" />;
  const crumbs = [{ label: "Shared", href: "/shared", go: () => location.go("/shared", ["project"]) }];
  return (
    <FrozenDashboard
      key={id}
      view={view}
      header={(time) => (
        <FrozenHeader title={view.title} time={time} taken_ms={data.taken_ms} ends_ms={0} crumbs={crumbs}>
          <IconButton
            icon={Download}
            label="Export with its data"
            onClick={() => downloadJson(`${view.title}.json`, data)}
          />
        </FrozenHeader>
      )}
    />
  );
}
