import { useState } from "react";
import { Button, Dialog, Field, TextInput } from "../../ui";
import { useDashboard, useEdit } from "../store";
import type { Saving } from "./useSave";

/** The name of a dashboard that is saved for the first time, and a note about the version. */
export function SaveDialog({ saving, close }: { saving: Saving; close: () => void }) {
  const edit = useEdit();
  const draft = useDashboard((state) => state.draft.name);
  const isNew = useDashboard((state) => state.kept === null);
  const [name, setName] = useState(draft);
  const [note, setNote] = useState("");
  const nameless = name.trim() === "";
  const submit = (): void => {
    if (nameless) return;
    if (name.trim() !== draft) edit.settingsChanged({ change: { name: name.trim() }, label: "Rename" });
    void saving.save(note.trim()).then((saved) => {
      if (saved) close();
    });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={isNew ? "Save the dashboard" : "Save with a note"}
      onSubmit={submit}
      actions={
        <Button type="submit" variant="primary" busy={saving.busy}>
          Save
        </Button>
      }
    >
      <Field label="Name" error={nameless ? "A dashboard needs a name." : null}>
        <TextInput value={name} maxLength={200} onChange={setName} />
      </Field>
      <Field label="Note" optional help="Names this version in the list of versions.">
        <TextInput value={note} maxLength={1000} onChange={setNote} />
      </Field>
    </Dialog>
  );
}
