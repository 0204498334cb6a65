import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ListVideo, Play } from "lucide-react";
import { useCallback, useState } from "react";
import type { Document, DocumentHead } from "../../api/documents";
import { deleteDocument, getDocument, listDocuments } from "../../api/documents";
import { useMay, useProject } from "../../queries/account";
import { useSession } from "../../queries/session";
import type { Column } from "../../ui";
import {
  Button,
  ConfirmDialog,
  DataTable,
  EmptyState,
  IconButton,
  PageBody,
  PageHeader,
  Section,
  toast,
  useAction,
} from "../../ui";
import { Moment } from "../access/Moment";
import { Problem } from "../access/Problem";
import { PlaylistDialog } from "./PlaylistDialog";
import { playAddress, readPlaylist } from "./playlist";
import "./playlists.css";

const PLAYLISTS_KEY = ["playlists"];

const COLUMNS: readonly Column<DocumentHead>[] = [
  { id: "name", head: "Name", value: (one) => one.name, cell: (one) => one.name },
  { id: "changed", head: "Changed", value: (one) => one.updated_ms, cell: (one) => <Moment at_ms={one.updated_ms} /> },
  { id: "by", head: "By", value: (one) => one.updated_by, cell: (one) => one.updated_by, wideOnly: true },
];

/** Dashboards that a screen shows one after the other. */
export default function PlaylistsPage() {
  const { location } = useSession();
  const client = useQueryClient();
  const project = useProject();
  const mayChange = useMay()("documents:write");
  const [edited, setEdited] = useState<Document | "new" | null>(null);
  const [gone, setGone] = useState<DocumentHead | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: PLAYLISTS_KEY,
    queryFn: ({ signal }) => listDocuments("playlist", signal),
    staleTime: 0,
  });
  const refresh = useCallback(async () => {
    await client.invalidateQueries({ queryKey: PLAYLISTS_KEY });
    await client.invalidateQueries({ queryKey: ["playlist"] });
  }, [client]);
  const { run: withWhole } = useAction(
    useCallback(async (id: string, act: (whole: Document) => void) => {
      try {
        act(await getDocument("playlist", id));
      } catch (failure) {
        toast(failure instanceof Error ? failure.message : String(failure));
      }
    }, []),
  );
  const play = (whole: Document): void => {
    const { items } = readPlaylist(whole.spec);
    if (items.length === 0) toast(`${whole.name} has no dashboards yet.`);
    else location.open(playAddress(whole.id, items, 0, project));
  };
  const remove = useCallback(async () => {
    if (gone === null) return;
    await deleteDocument("playlist", gone.id, gone.version);
    await refresh();
    toast(`Playlist ${gone.name} is deleted.`);
  }, [gone, refresh]);
  const create = mayChange ? (
    <Button variant="primary" onClick={() => setEdited("new")}>
      New playlist
    </Button>
  ) : null;
  const crumbs = [{ label: "Dashboards", href: "/dashboards", go: () => location.go("/dashboards", ["project"]) }];
  return (
    <>
      <PageHeader title="Playlists" crumbs={crumbs} />
      <PageBody>
        <Section title="Playlists" note="for a screen on the wall" actions={data?.length === 0 ? null : create} flush>
          {error !== null ? (
            <Problem error={error} retry={() => void refetch()} />
          ) : (
            <DataTable
              label="Playlists"
              columns={COLUMNS}
              rows={data}
              rowKey={(one) => one.id}
              empty={
                <EmptyState icon={ListVideo} title="No playlists" action={create}>
                  A playlist shows dashboards one after the other, without navigation.
                </EmptyState>
              }
              actions={(one) => (
                <>
                  <IconButton icon={Play} label={`Play ${one.name}`} onClick={() => void withWhole(one.id, play)} />
                  {mayChange ? (
                    <>
                      <Button
                        small
                        variant="ghost"
                        aria-label={`Edit ${one.name}`}
                        onClick={() => void withWhole(one.id, setEdited)}
                      >
                        Edit
                      </Button>
                      <Button small variant="ghost" aria-label={`Delete ${one.name}`} onClick={() => setGone(one)}>
                        Delete
                      </Button>
                    </>
                  ) : null}
                </>
              )}
            />
          )}
        </Section>
      </PageBody>
      {edited === null ? null : (
        <PlaylistDialog
          kept={edited === "new" ? null : edited}
          close={() => setEdited(null)}
          saved={async () => {
            setEdited(null);
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        open={gone !== null}
        onOpenChange={() => setGone(null)}
        title={`Delete playlist ${gone?.name ?? ""}?`}
        confirm="Delete playlist"
        danger
        onConfirm={remove}
      >
        Screens that play it stay at what they show. Its dashboards are not touched.
      </ConfirmDialog>
    </>
  );
}
