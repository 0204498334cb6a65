import type { SubmitEvent } from "react";
import { useCallback, useState } from "react";
import type { WhoAmI } from "../../api/access";
import { PROFILE } from "../../api/access";
import { sendJson } from "../../api/http";
import { useAskAgain } from "../../queries/account";
import { Badge, Button, Field, Notice, Section, TextInput, toast, useAction } from "../../ui";

/** Name and address. */
export function AboutMe({ user }: { user: NonNullable<WhoAmI["user"]> }) {
  const ask = useAskAgain();
  const [name, setName] = useState(user.display_name);
  const [email, setEmail] = useState(user.email);
  const changed = name !== user.display_name || email !== user.email;
  const save = useCallback(async () => {
    await sendJson("PATCH", PROFILE, { display_name: name, email });
    await ask();
    toast("Saved.");
  }, [name, email, ask]);
  const { run, busy, error } = useAction(save);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (changed) void run();
  };
  return (
    <Section
      title={user.name}
      note="is what you sign in with"
      actions={user.is_instance_admin ? <Badge status="info">Administers this server</Badge> : null}
    >
      <form className="form-row" onSubmit={submit} noValidate>
        <Field label="Display name" optional>
          <TextInput value={name} onChange={setName} autoComplete="name" maxLength={200} />
        </Field>
        <Field label="E-mail" optional>
          <TextInput type="email" value={email} onChange={setEmail} autoComplete="email" maxLength={200} />
        </Field>
        <Button type="submit" busy={busy} disabled={!changed}>
          Save
        </Button>
      </form>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Section>
  );
}
