import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DocumentHead } from "../../../api/documents";
import { createDocument, getDocument, updateDocument } from "../../../api/documents";
import { FOLDERS_KEY } from "../../../dashboards/save/keys";
import { Button, Dialog, Field, Notice, TextArea, TextInput, useAction } from "../../../ui";

interface Props {
  /** null: a new one. */
  folder: DocumentHead | null;
  close: () => void;
  done?: (id: string) => void;
}

/** Name and words of a folder. */
export function FolderDialog({ folder, close, done }: Props) {
  const queries = useQueryClient();
  const [name, setName] = useState(folder?.name ?? "");
  const [description, setDescription] = useState(folder?.description ?? "");
  const nameless = name.trim() === "";
  const { run, busy, error } = useAction(async () => {
    const { spec: before } = folder === null ? { spec: {} } : await getDocument("folder", folder.id);
    const rest = Object.entries(before as object).filter(([field]) => field !== "description");
    const spec = { ...Object.fromEntries(rest), ...(description.trim() === "" ? {} : { description }) };
    const content = { name: name.trim(), spec };
    const { id } =
      folder === null
        ? await createDocument("folder", content)
        : await updateDocument("folder", folder.id, folder.version, content);
    await queries.invalidateQueries({ queryKey: FOLDERS_KEY });
    close();
    done?.(id);
  });
  return (
    <Dialog
      open
      onOpenChange={close}
      title={folder === null ? "New folder" : "Folder"}
      onSubmit={() => {
        if (!nameless) void run();
      }}
      actions={
        <Button type="submit" variant="primary" busy={busy} disabled={nameless}>
          {folder === null ? "Make folder" : "Save"}
        </Button>
      }
    >
      <Field label="Name">
        <TextInput value={name} maxLength={200} onChange={setName} />
      </Field>
      <Field label="Description" optional>
        <TextArea value={description} maxLength={1000} onChange={setDescription} />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
