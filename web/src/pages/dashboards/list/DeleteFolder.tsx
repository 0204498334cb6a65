import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DocumentHead } from "../../../api/documents";
import { deleteDocument } from "../../../api/documents";
import { FOLDERS_KEY } from "../../../dashboards/save/keys";
import { ConfirmDialog, Segmented } from "../../../ui";
import type { ListActions } from "./useLists";

interface Props {
  folder: DocumentHead;
  inside: readonly DocumentHead[];
  actions: ListActions;
  close: () => void;
  done: () => void;
}

/** A folder goes only once nothing is in it: what is inside is moved out or deleted first, as chosen. */
export function DeleteFolder({ folder, inside, actions, close, done }: Props) {
  const queries = useQueryClient();
  const [content, setContent] = useState<"move" | "delete">("move");
  const remove = async (): Promise<void> => {
    if (inside.length > 0) {
      if (content === "move") await actions.move(inside, "", "no folder");
      else await actions.remove(inside);
    }
    await deleteDocument("folder", folder.id, folder.version);
    await queries.invalidateQueries({ queryKey: FOLDERS_KEY });
    done();
  };
  const count = inside.length === 1 ? "one dashboard" : `${inside.length} dashboards`;
  return (
    <ConfirmDialog
      open
      onOpenChange={close}
      title={`Delete folder ${folder.name}?`}
      confirm="Delete folder"
      danger
      onConfirm={remove}
    >
      {inside.length === 0 ? (
        "Nothing is in it."
      ) : (
        <div className="grid gap-3">
          <p>There is {count} in it.</p>
          <Segmented
            label="What is in it"
            value={content}
            choices={[
              { value: "move", label: "Keep, in no folder" },
              { value: "delete", label: "Delete as well" },
            ]}
            onChange={setContent}
          />
        </div>
      )}
    </ConfirmDialog>
  );
}
