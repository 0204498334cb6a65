import { useCallback, useMemo, useState } from "react";
import type { User } from "../../../api/access";
import { USERS, userPath } from "../../../api/access";
import { useRefresh } from "../../../queries/access";
import { useWho } from "../../../queries/account";
import { Button, Checkbox, Dialog, Field, Notice, TextInput, toast } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useChange } from "../../access/useChange";

interface Props {
  user: User;
  etag: string | null;
  onClose: () => void;
  reload: () => void;
}

/** What an administrator may change of a user. */
export function UserForm({ user, etag, onClose, reload }: Props) {
  const { user: self } = useWho();
  const refresh = useRefresh();
  const [name, setName] = useState(user.name);
  const [display, setDisplay] = useState(user.display_name);
  const [email, setEmail] = useState(user.email);
  const [admin, setAdmin] = useState(user.is_instance_admin);
  const [disabled, setDisabled] = useState(user.disabled_ms !== 0);
  const body = useMemo(
    () => ({ name: name.trim().toLowerCase(), display_name: display, email, is_instance_admin: admin, disabled }),
    [name, display, email, admin, disabled],
  );
  const done = useCallback(async () => {
    await refresh(USERS);
    onClose();
    toast(`User ${body.name} is saved.`);
  }, [refresh, onClose, body.name]);
  const { save, overwrite, busy, error, clash, forget } = useChange("PATCH", userPath(user.id), body, done);
  const own = user.id === self?.id;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`User ${user.name}`}
      onSubmit={() => {
        if (clash === null) void save(etag);
      }}
      {...(clash === null
        ? {
            actions: (
              <>
                <Button variant="ghost" onClick={onClose}>
                  Cancel
                </Button>
                <Button type="submit" variant="primary" busy={busy}>
                  Save
                </Button>
              </>
            ),
          }
        : {})}
    >
      {clash === null ? (
        <>
          <Field label="Name" required>
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
          <Checkbox
            label="Disabled"
            help={
              own ? "This is you: you would be signed out at once." : "Sessions and keys end at once; nothing is lost."
            }
            checked={disabled}
            onChange={setDisabled}
          />
        </>
      ) : (
        <ClashNotice
          clash={clash}
          busy={busy}
          overwrite={() => void overwrite()}
          reload={() => {
            forget();
            reload();
          }}
        />
      )}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
