import { useQueryClient } from "@tanstack/react-query";
import type { DocumentHead } from "../../../api/documents";
import { CARRIED } from "../../../data/project";
import { useSession } from "../../../queries/session";
import { ConfirmDialog } from "../../../ui";
import { ImportDialog } from "../import/ImportDialog";
import { DeleteFolder } from "./DeleteFolder";
import { FolderDialog } from "./FolderDialog";
import { MoveDialog } from "./MoveDialog";
import type { ListActions } from "./useLists";

export type Asked =
  | { what: "move"; them: readonly DocumentHead[] }
  | { what: "delete"; them: readonly DocumentHead[] }
  | { what: "folder"; folder: DocumentHead | null }
  | { what: "delete folder"; folder: DocumentHead }
  | { what: "import"; files: readonly File[] };

interface Props {
  asked: Asked;
  folders: readonly DocumentHead[];
  all: readonly DocumentHead[];
  /** The folder that is open. */
  here: DocumentHead | null;
  actions: ListActions;
  close: () => void;
  deleted: () => void;
  open: (id: string) => void;
}

/** What is asked over the list before something is done. */
export function ListDialog({ asked, folders, all, here, actions, close, deleted, open }: Props) {
  const { location } = useSession();
  const queries = useQueryClient();
  if (asked.what === "move") {
    return <MoveDialog them={asked.them} folders={folders} actions={actions} close={close} />;
  }
  if (asked.what === "folder") {
    const done = (id: string): void => location.open(`/dashboards?folder=${encodeURIComponent(id)}`);
    return <FolderDialog folder={asked.folder} close={close} done={done} />;
  }
  if (asked.what === "delete folder") {
    return (
      <DeleteFolder
        folder={asked.folder}
        inside={all.filter((one) => one.folder === asked.folder.id)}
        actions={actions}
        close={close}
        done={() => location.go("/dashboards", CARRIED)}
      />
    );
  }
  if (asked.what === "delete") {
    const { them } = asked;
    const alone = them.length === 1;
    return (
      <ConfirmDialog
        open
        onOpenChange={close}
        title={alone ? `Delete ${them[0]?.name ?? ""}?` : `Delete ${them.length} dashboards?`}
        confirm={alone ? "Delete dashboard" : "Delete dashboards"}
        danger
        onConfirm={async () => {
          await actions.remove(them);
          deleted();
        }}
      >
        They can be brought back for some time.
      </ConfirmDialog>
    );
  }
  const done = (made: string[]): void => {
    close();
    void queries.invalidateQueries();
    if (made.length === 1) open(made[0] ?? "");
  };
  return <ImportDialog files={asked.files} folder={here?.id ?? null} close={close} done={done} />;
}
