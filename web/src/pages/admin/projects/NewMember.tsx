import { useCallback, useId, useState } from "react";
import type { Member, User } from "../../../api/access";
import { USERS } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useData } from "../../../queries/access";
import { useMay } from "../../../queries/account";
import type { SelectOption } from "../../../ui";
import { Button, Dialog, Field, Notice, Select, TextInput, useAction } from "../../../ui";

interface Props {
  path: string;
  roles: readonly SelectOption<string>[];
  present: readonly Member[];
  onAdded: () => unknown;
  onClose: () => void;
}

/** By name; who administers the server gets names offered. */
export function NewMember({ path, roles, present, onAdded, onClose }: Props) {
  const may = useMay();
  const users = useData<User[]>(USERS, may("instance:admin"));
  const list = useId();
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const add = useCallback(async () => {
    await sendJson("PUT", `${path}/${encodeURIComponent(name.trim().toLowerCase())}`, { role });
    await onAdded();
    onClose();
  }, [path, name, role, onAdded, onClose]);
  const { run, busy, error } = useAction(add);
  const ready = name.trim() !== "";
  const absent = (users.data ?? []).filter((user) => !present.some((member) => member.user_id === user.id));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add member"
      onSubmit={() => {
        if (ready) void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
            Add member
          </Button>
        </>
      }
    >
      <Field label="User" help="The name that they sign in with." required>
        <TextInput value={name} onChange={setName} autoCapitalize="none" list={list} />
      </Field>
      <datalist id={list}>
        {absent.map((user) => (
          <option key={user.id} value={user.name} />
        ))}
      </datalist>
      <Field label="Role">
        <Select value={role} options={roles} onChange={setRole} />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
