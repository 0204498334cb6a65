import { Ellipsis } from "lucide-react";
import { useMemo, useState } from "react";
import { exportBundle } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import { useFiles, useFolders } from "../../../dashboards/folders";
import { CARRIED } from "../../../data/project";
import { useMay } from "../../../queries/account";
import { usePreferences } from "../../../queries/preferences";
import { useSession } from "../../../queries/session";
import { Button, DataTable, IconButton, Menu, Notice, PageBody, Section, toast } from "../../../ui";
import { downloadJson } from "../../../widgets/download";
import { DropZone } from "../import/DropZone";
import { columnsOf } from "./columns";
import { FolderCards } from "./FolderCards";
import type { Asked } from "./ListDialog";
import { ListDialog } from "./ListDialog";
import { ListEmpty } from "./ListEmpty";
import { ListHeader } from "./ListHeader";
import { ListTools } from "./ListTools";
import { folderOf, isSearch, rowsOf } from "./rows";
import { useDashboardList, useListActions } from "./useLists";
import { useFound } from "./useFound";
import { useListAddress } from "./useListAddress";
import { useRowMenu } from "./useRowMenu";

/** Dashboards by folder, found by words, tags and stars; many of them are moved, exported and deleted at once. */
export function ListPage() {
  const { location, zone } = useSession();
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
    downloadJson(them.length === 1 ? `${them[0]?.name ?? ""}.json` : "dashboards.json", bundle);
  };
  const rowMenu = useRowMenu({
    mayEdit,
    open,
    save,
    ask: (what, one) => setAsked({ what, them: [one] }),
    refresh: actions.refresh,
  });
  const columns = columnsOf({
    zone: zone.read(),
    stars,
    files,
    folders: isSearch(wish) && here === null ? new Map(folders.map(({ id, name }) => [id, name])) : null,
    widgets: new Map(found.map((one) => [one.id, one.widgets])),
    chooseTag: (tag) => change({ tag }),
    star,
  });
  return (
    <DropZone enabled={mayEdit && asked === null} onFiles={(dropped) => setAsked({ what: "import", files: dropped })}>
      <ListHeader here={here} open={open} ask={setAsked} save={() => void save([])} />
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
      {asked === null ? null : (
        <ListDialog
          asked={asked}
          folders={folders}
          all={all}
          here={here}
          actions={actions}
          close={() => setAsked(null)}
          deleted={() => setChosen(new Set())}
          open={open}
        />
      )}
    </DropZone>
  );
}
