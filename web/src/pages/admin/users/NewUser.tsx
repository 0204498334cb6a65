import { useCallback, useState } from "react";
import type { User } from "../../../api/access";
import { USERS } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { Button, Checkbox, Dialog, Field, Notice, TextInput, useAction } from "../../../ui";

interface Props {
  onMade: (user: User) => void;
  onClose: () => void;
}

/** A user without a password: the answer has the link by which they set one. */
export function NewUser({ onMade, onClose }: Props) {
  const [name, setName] = useState("");
  const [display, setDisplay] = useState("");
  const [email, setEmail] = useState("");
  const [admin, setAdmin] = useState(false);
  const make = useCallback(async () => {
    const body = { name: name.trim().toLowerCase(), display_name: display, email, is_instance_admin: admin };
    onMade((await sendJson<User>("POST", USERS, body)).data);
  }, [name, display, email, admin, onMade]);
  const { run, busy, error } = useAction(make);
  const ready = name.trim() !== "";
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New user"
      description="You get a one-time link to hand on; the user sets the password with it."
      onSubmit={() => {
        if (ready) void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
            Make user
          </Button>
        </>
      }
    >
      <Field label="Name" help="What they sign in with: letters, digits and . _ @ + -" required>
        <TextInput value={name} onChange={setName} autoCapitalize="none" maxLength={127} />
      </Field>
      <Field label="Display name" optional>
        <TextInput value={display} onChange={setDisplay} maxLength={200} />
      </Field>
      <Field label="E-mail" optional>
        <TextInput type="email" value={email} onChange={setEmail} maxLength={200} />
      </Field>
      <Checkbox
        label="Administers this server"
        help="Users, roles, every project, settings and the whole audit log."
        checked={admin}
        onChange={setAdmin}
      />
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
