import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Camera, Ellipsis } from "lucide-react";
import { useCallback, useState } from "react";
import { getJson, sendJson } from "../../api/http";
import type { Snapshot, SnapshotFile } from "../../api/sharing";
import { SNAPSHOTS, openSnapshot, snapshotText } from "../../api/sharing";
import { publicLink } from "../../dashboards/share/link";
import { SNAPSHOTS_KEY } from "../../dashboards/share/SnapshotTab";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import type { MenuEntry } from "../../ui";
import {
  ConfirmDialog,
  CopyOnce,
  DataTable,
  Dialog,
  EmptyState,
  IconButton,
  Menu,
  Section,
  toast,
  useAction,
} from "../../ui";
import { Problem } from "../access/Problem";
import { downloadJson } from "../../widgets/download";
import { BringSnapshot } from "./BringSnapshot";
import { SNAPSHOT_COLUMNS } from "./snapshotColumns";

const pathOf = (one: Snapshot): string => `${SNAPSHOTS}/${encodeURIComponent(one.id)}`;

/** Dashboards with the data of when they were taken. */
export function Snapshots() {
  const { location: address } = useSession();
  const client = useQueryClient();
  const mayChange = useMay()("documents:write");
  const [gone, setGone] = useState<Snapshot | null>(null);
  const [opened, setOpened] = useState<{ title: string; token: string } | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: SNAPSHOTS_KEY,
    queryFn: async ({ signal }) => (await getJson<Snapshot[]>(SNAPSHOTS, signal)).data,
    staleTime: 0,
  });
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: SNAPSHOTS_KEY }), [client]);
  const { run: act } = useAction(
    useCallback(
      async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch (failure) {
          toast(failure instanceof Error ? failure.message : String(failure));
        }
        await refresh();
      },
      [refresh],
    ),
  );
  const remove = useCallback(async () => {
    if (gone === null) return;
    await sendJson("DELETE", pathOf(gone));
    await refresh();
    toast(`Snapshot ${gone.title} is deleted.`);
  }, [gone, refresh]);
  const entries = (one: Snapshot): MenuEntry[] => [
    {
      label: "Export with its data",
      onSelect: () =>
        void act(async () =>
          downloadJson(`${one.title}.json`, JSON.parse(await snapshotText(one.id)) as SnapshotFile<unknown>),
        ),
    },
    ...(mayChange && one.visible
      ? [
          {
            label: one.public ? "New public link" : "Open without signing in",
            onSelect: () => void act(async () => setOpened({ title: one.title, token: await openSnapshot(one.id) })),
          },
        ]
      : []),
    ...(mayChange && one.public
      ? [{ label: "Close the public link", onSelect: () => void act(() => sendJson("DELETE", `${pathOf(one)}/link`)) }]
      : []),
    ...(mayChange ? [{ label: "Delete", danger: true, onSelect: () => setGone(one) }] : []),
  ];
  return (
    <Section
      title="Snapshots"
      note="with their data"
      actions={mayChange ? <BringSnapshot done={refresh} /> : null}
      flush
    >
      {error !== null ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : (
        <DataTable
          label="Snapshots"
          columns={SNAPSHOT_COLUMNS}
          rows={data}
          rowKey={(one) => one.id}
          onOpen={(one) =>
            one.visible ? address.open(`/snapshot/${one.id}`) : toast("It shows series that your role does not.")
          }
          empty={
            <EmptyState icon={Camera} title="No snapshots">
              Share a dashboard to keep what it shows, with its data.
            </EmptyState>
          }
          actions={(one) => (
            <Menu trigger={<IconButton icon={Ellipsis} label={`${one.title}: more`} />} entries={entries(one)} />
          )}
        />
      )}
      <ConfirmDialog
        open={gone !== null}
        onOpenChange={() => setGone(null)}
        title={`Delete snapshot ${gone?.title ?? ""}?`}
        confirm="Delete snapshot"
        danger
        onConfirm={remove}
      >
        Its data is gone for good, and so is its link.
      </ConfirmDialog>
      {opened === null ? null : (
        <Dialog open onOpenChange={() => setOpened(null)} title={`Public link of ${opened.title}`}>
          <CopyOnce
            label="Public link"
            secret={publicLink(location.origin, opened.token)}
            onDone={() => setOpened(null)}
          />
        </Dialog>
      )}
    </Section>
  );
}
