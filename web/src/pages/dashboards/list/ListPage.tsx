import { useQueryClient } from "@tanstack/react-query";
import {
  Download,
  Ellipsis,
  FolderPlus,
  House,
  LayoutTemplate,
  ListVideo,
  PenLine,
  Plus,
  Share2,
  Trash2,
  Upload,
} from "lucide-react";
import { useMemo, useState } from "react";
import { exportBundle } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import { useFiles, useFolders } from "../../../dashboards/folders";
import { useMay } from "../../../queries/account";
import { usePreferences } from "../../../queries/preferences";
import { useSession } from "../../../queries/session";
import { useCommands } from "../../../queries/useCommands";
import type { MenuEntry } from "../../../ui";
import {
  Button,
  ConfirmDialog,
  DataTable,
  IconButton,
  Menu,
  Notice,
  PageBody,
  PageHeader,
  Section,
  toast,
} from "../../../ui";
import { download } from "../download";
import { DropZone } from "../import/DropZone";
import { ImportDialog } from "../import/ImportDialog";
import { columnsOf } from "./columns";
import { DeleteFolder } from "./DeleteFolder";
import { FolderCards } from "./FolderCards";
import { FolderDialog } from "./FolderDialog";
import { ListEmpty } from "./ListEmpty";
import { ListTools } from "./ListTools";
import { MoveDialog } from "./MoveDialog";
import { folderOf, isSearch, rowsOf } from "./rows";
import { useDashboardList, useListActions } from "./useLists";
import { useFound } from "./useFound";
import { useListAddress } from "./useListAddress";
import { useRowMenu } from "./useRowMenu";

const CARRIED = ["from", "to", "project"] as const;

type Asked =
  | { what: "move" | "delete"; them: readonly DocumentHead[] }
  | { what: "folder"; folder: DocumentHead | null }
  | { what: "delete folder"; folder: DocumentHead }
  | { what: "import"; files: readonly File[] };

/** Dashboards by folder, found by words, tags and stars; many of them are moved, exported and deleted at once. */
export function ListPage() {
  const { location, zone } = useSession();
  const queries = useQueryClient();
  const mayEdit = useMay()("documents:write");
  const list = useDashboardList();
  const folders = useFolders() ?? [];
  const files = useFiles();
  const preferences = usePreferences();
  const actions = useListActions();
  const { wish, change } = useListAddress();
  const found = useFound(wish.text);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const open = (id: string): void => location.go(`/d/${id}`, CARRIED);
  const all = useMemo(() => list.data ?? [], [list.data]);
  const here = folders.find((one) => one.id === wish.folder) ?? null;
  const ids = new Set(folders.map((one) => one.id));
  const stars = new Set(preferences.stars);
  const rows = rowsOf(all, ids, wish, stars, found);
  const marked = all.filter((one) => chosen.has(one.id));
  const tags = useMemo(() => [...new Set(all.flatMap((one) => one.tags))].sort(), [all]);
  const counts = new Map<string, number>();
  for (const one of all) counts.set(folderOf(one, ids), (counts.get(folderOf(one, ids)) ?? 0) + 1);
  const star = (id: string, on: boolean): void => {
    preferences.star(id, on).catch((failure: unknown) => toast({ status: "crit", text: String(failure) }));
  };
  const mark = (which: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const id of which) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
  };
  const save = async (them: readonly DocumentHead[]): Promise<void> => {
    const bundle = await exportBundle(them.map((one) => one.id));
    download(them.length === 1 ? `${them[0]?.name ?? ""}.json` : "dashboards.json", bundle);
  };
  const rowMenu = useRowMenu({
    mayEdit,
    open,
    save,
    ask: (what, one) => setAsked({ what, them: [one] }),
    refresh: actions.refresh,
  });
  const close = (): void => setAsked(null);
  useCommands(
    mayEdit
      ? [
          { id: "dashboards.new", title: "New dashboard", group: "Dashboard", run: () => open("new") },
          {
            id: "dashboards.import",
            title: "Import dashboards",
            group: "Dashboard",
            run: () => setAsked({ what: "import", files: [] }),
          },
          {
            id: "dashboards.folder",
            title: "New folder",
            group: "Dashboard",
            run: () => setAsked({ what: "folder", folder: null }),
          },
        ]
      : [],
  );
  const columns = columnsOf({
    zone: zone.read(),
    stars,
    files,
    folders: isSearch(wish) && here === null ? new Map(folders.map(({ id, name }) => [id, name])) : null,
    widgets: new Map(found.map((one) => [one.id, one.widgets])),
    chooseTag: (tag) => change({ tag }),
    star,
  });
  const entries: MenuEntry[] = [
    ...(mayEdit && here !== null
      ? [
          { label: "Rename folder", icon: PenLine, onSelect: () => setAsked({ what: "folder", folder: here }) },
          {
            label: "Delete folder",
            icon: Trash2,
            danger: true,
            onSelect: () => setAsked({ what: "delete folder", folder: here }),
          },
          "line" as const,
        ]
      : []),
    ...(mayEdit
      ? [{ label: "New folder", icon: FolderPlus, onSelect: () => setAsked({ what: "folder", folder: null }) }]
      : []),
    { label: "Export all", icon: Download, onSelect: () => void save([]) },
    ...(mayEdit
      ? [{ label: "Deleted dashboards", icon: Trash2, onSelect: () => location.open("/dashboards?deleted=1") }]
      : []),
    { label: "Playlists", icon: ListVideo, href: "/playlists", onSelect: () => location.go("/playlists", ["project"]) },
    {
      label: "Public links and snapshots",
      icon: Share2,
      href: "/shared",
      onSelect: () => location.go("/shared", ["project"]),
    },
    {
      label: "Begin here",
      icon: House,
      checked: preferences.home === "list",
      onSelect: () => void preferences.setHome(preferences.home === "list" ? "" : "list"),
    },
  ];
  const goList = (): void => location.go("/dashboards", CARRIED);

  return (
    <DropZone enabled={mayEdit && asked === null} onFiles={(dropped) => setAsked({ what: "import", files: dropped })}>
      <PageHeader
        title={here?.name ?? "Dashboards"}
        crumbs={here === null ? [] : [{ label: "Dashboards", href: "/dashboards", go: goList }]}
      >
        <Menu trigger={<IconButton icon={Ellipsis} label="Dashboards: more" />} entries={entries} />
        {mayEdit ? (
          <>
            <Button icon={Upload} onClick={() => setAsked({ what: "import", files: [] })}>
              Import
            </Button>
            <Button icon={LayoutTemplate} onClick={() => location.go("/dashboards/templates", CARRIED)}>
              Templates
            </Button>
            <Button variant="primary" icon={Plus} onClick={() => open("new")}>
              New dashboard
            </Button>
          </>
        ) : null}
      </PageHeader>
      <PageBody>
        {list.error === null ? null : (
          <Notice
            kind="crit"
            action={
              <Button small onClick={() => void list.refetch()}>
                Try again
              </Button>
            }
          >
            {list.error.message}
          </Notice>
        )}
        {here === null && !isSearch(wish) ? <FolderCards folders={folders} counts={counts} /> : null}
        {here === null || here.description === "" ? null : <p className="soft">{here.description}</p>}
        <Section title={isSearch(wish) ? "Found" : here === null ? "Dashboards" : "In this folder"} flush>
          <div className="dtable__tools list-tools">
            <ListTools
              wish={wish}
              change={change}
              tags={tags}
              rows={rows}
              marked={marked}
              mayEdit={mayEdit}
              mark={mark}
              move={() => setAsked({ what: "move", them: marked })}
              remove={() => setAsked({ what: "delete", them: marked })}
              save={() => void save(marked)}
            />
          </div>
          <DataTable
            label="Dashboards"
            columns={columns}
            rows={list.data === undefined ? undefined : rows}
            rowKey={(one) => one.id}
            sort={{ column: "name", down: false }}
            onOpen={(one) => open(one.id)}
            actions={(one) => (
              <span className="inline-flex items-center gap-2">
                <input
                  type="checkbox"
                  className="dash-mark"
                  aria-label={`Choose ${one.name}`}
                  checked={chosen.has(one.id)}
                  onChange={(event) => mark([one.id], event.target.checked)}
                />
                <Menu
                  trigger={<IconButton icon={Ellipsis} label={`More about ${one.name}`} />}
                  entries={rowMenu(one)}
                />
              </span>
            )}
            empty={
              <ListEmpty
                wish={wish}
                mayEdit={mayEdit}
                isFolder={here !== null}
                isNone={all.length === 0}
                templates={() => location.go("/dashboards/templates", CARRIED)}
                all={() => location.open("/dashboards")}
              />
            }
          />
        </Section>
      </PageBody>
      {asked?.what === "move" ? (
        <MoveDialog them={asked.them} folders={folders} actions={actions} close={close} />
      ) : asked?.what === "folder" ? (
        <FolderDialog
          folder={asked.folder}
          close={close}
          done={(id) => location.open(`/dashboards?folder=${encodeURIComponent(id)}`)}
        />
      ) : asked?.what === "delete folder" ? (
        <DeleteFolder
          folder={asked.folder}
          inside={all.filter((one) => one.folder === asked.folder.id)}
          actions={actions}
          close={close}
          done={goList}
        />
      ) : asked?.what === "delete" ? (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={
            asked.them.length === 1 ? `Delete ${asked.them[0]?.name ?? ""}?` : `Delete ${asked.them.length} dashboards?`
          }
          confirm={asked.them.length === 1 ? "Delete dashboard" : "Delete dashboards"}
          danger
          onConfirm={async () => {
            await actions.remove(asked.them);
            setChosen(new Set());
          }}
        >
          They can be brought back for some time.
        </ConfirmDialog>
      ) : asked?.what === "import" ? (
        <ImportDialog
          files={asked.files}
          folder={here?.id ?? null}
          close={close}
          done={(made) => {
            close();
            void queries.invalidateQueries();
            if (made.length === 1) open(made[0] ?? "");
          }}
        />
      ) : null}
    </DropZone>
  );
}
