import { useCallback, useState } from "react";
import type { Project } from "../../../api/access";
import { PROJECTS } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useAskAgain } from "../../../queries/account";
import { Button, Dialog, Field, Notice, TextInput, useAction } from "../../../ui";

/** A name that stays, and a title that may change. */
export function NewProject({ onMade, onClose }: { onMade: (project: Project) => void; onClose: () => void }) {
  const ask = useAskAgain();
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const make = useCallback(async () => {
    const { data } = await sendJson<Project>("POST", PROJECTS, { name: name.trim(), title });
    await ask();
    onMade(data);
  }, [name, title, ask, onMade]);
  const { run, busy, error } = useAction(make);
  const valid = /^[a-z0-9][a-z0-9-]{0,62}$/.test(name.trim());
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New project"
      description="Its series, members, keys and limits are its own."
      onSubmit={() => {
        if (valid) void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!valid}>
            Make project
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        help="In addresses and headers; it cannot be changed."
        error={name === "" || valid ? null : "Lower-case letters, digits and dashes, beginning with a letter or digit."}
        required
      >
        <TextInput value={name} onChange={setName} mono autoCapitalize="none" maxLength={63} />
      </Field>
      <Field label="Title" optional>
        <TextInput value={title} onChange={setTitle} maxLength={100} />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
