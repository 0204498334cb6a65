import { useState } from "react";
import type { DocumentHead } from "../../../api/documents";
import { createDocument } from "../../../api/documents";
import { folderOptions } from "../../../dashboards/folders";
import { Button, Dialog, Field, Notice, Select, TextInput, useAction } from "../../../ui";
import type { ListActions } from "./useLists";

const NEW = "new";

interface Props {
  them: readonly DocumentHead[];
  folders: readonly DocumentHead[];
  actions: ListActions;
  close: () => void;
}

/** Into another folder, which may be made on the way. */
export function MoveDialog({ them, folders, actions, close }: Props) {
  const [to, setTo] = useState(them.length === 1 ? (them[0]?.folder ?? "") : "");
  const [name, setName] = useState("");
  const nameless = to === NEW && name.trim() === "";
  const { run, busy, error } = useAction(async () => {
    const folder = to === NEW ? (await createDocument("folder", { name: name.trim(), spec: {} })).id : to;
    const where = to === NEW ? name.trim() : (folders.find((one) => one.id === to)?.name ?? "no folder");
    await actions.move(them, folder, where);
    close();
  });
  return (
    <Dialog
      open
      onOpenChange={close}
      title={them.length === 1 ? `Move ${them[0]?.name ?? ""}` : `Move ${them.length} dashboards`}
      onSubmit={() => {
        if (!nameless) void run();
      }}
      actions={
        <Button type="submit" variant="primary" busy={busy} disabled={nameless}>
          Move
        </Button>
      }
    >
      <Field label="Folder">
        <Select
          value={folders.some((one) => one.id === to) || to === NEW ? to : ""}
          options={[...folderOptions(folders), { value: NEW, label: "A new folder" }]}
          onChange={setTo}
        />
      </Field>
      {to === NEW ? (
        <Field label="Name of the new folder">
          <TextInput value={name} maxLength={200} onChange={setName} />
        </Field>
      ) : null}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
