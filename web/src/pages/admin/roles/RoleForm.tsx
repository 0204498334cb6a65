import { useCallback, useMemo, useState } from "react";
import type { Role } from "../../../api/access";
import { ROLES, rolePath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useRefresh } from "../../../queries/access";
import { Button, Dialog, Field, Notice, TextInput, toast, useAction } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useChange } from "../../access/useChange";
import { PermissionList } from "./PermissionList";
import { SelectorField } from "./SelectorField";

interface Props {
  /** null: a new one. */
  existing: Role | null;
  etag: string | null;
  holders: readonly string[];
  onClose: () => void;
  reload?: () => void;
}

/** A named set of rights, bounded by a selector if wanted; built-in roles are only shown. */
export function RoleForm({ existing, etag, holders, onClose, reload }: Props) {
  const refresh = useRefresh();
  const [name, setName] = useState(existing?.name ?? "");
  const [description, setDescription] = useState(existing?.description ?? "");
  const [permissions, setPermissions] = useState<readonly string[]>(existing?.permissions ?? ["metrics:read"]);
  const [selector, setSelector] = useState(existing?.selector ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const body = useMemo(
    () => ({ permissions, selector: selector.trim(), description }),
    [permissions, selector, description],
  );
  const done = useCallback(async () => {
    await refresh(ROLES);
    onClose();
    toast(`Role ${name} is saved.`);
  }, [refresh, onClose, name]);
  const changing = useChange("PUT", rolePath(existing?.name ?? ""), body, done);
  const create = useCallback(async () => {
    await sendJson("POST", ROLES, { name: name.trim(), ...body });
    await done();
  }, [name, body, done]);
  const creating = useAction(create);
  const fixed = existing?.is_built_in === true;
  const { clash } = changing;
  const error = changing.error ?? creating.error;
  const ready = name.trim() !== "" && permissions.length > 0 && problem === null && clash === null;
  const submit = (): void => {
    if (!ready || fixed) return;
    if (existing === null) void creating.run();
    else void changing.save(etag);
  };
  const actions = (
    <>
      <Button variant="ghost" onClick={onClose}>
        {fixed ? "Close" : "Cancel"}
      </Button>
      {fixed ? null : (
        <Button type="submit" variant="primary" busy={changing.busy || creating.busy} disabled={!ready}>
          {existing === null ? "Make role" : "Save role"}
        </Button>
      )}
    </>
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={existing === null ? "New role" : `Role ${existing.name}`}
      {...(fixed
        ? { description: "Built in, the same on every server. Make a role of your own for anything else." }
        : {})}
      onSubmit={submit}
      {...(clash === null ? { actions } : {})}
    >
      {clash === null ? (
        <>
          {existing === null ? (
            <Field label="Name" help="Lower-case letters, digits and dashes." required>
              <TextInput value={name} onChange={setName} autoCapitalize="none" maxLength={63} />
            </Field>
          ) : null}
          {fixed ? null : (
            <Field label="Description" optional>
              <TextInput value={description} onChange={setDescription} maxLength={200} />
            </Field>
          )}
          <PermissionList chosen={permissions} onChange={setPermissions} fixed={fixed} />
          {fixed ? null : <SelectorField value={selector} onChange={setSelector} onProblem={setProblem} />}
          {selector.trim() !== "" && permissions.includes("status:read") ? (
            <Notice kind="info">With a selector, “Read status” has no effect: it is about all series.</Notice>
          ) : null}
          {holders.length === 0 ? null : (
            <p className="help-text">
              {fixed ? "Held by" : "A change holds at once for"} {holders.join(", ")}.
            </p>
          )}
        </>
      ) : (
        <ClashNotice
          clash={clash}
          busy={changing.busy}
          overwrite={() => void changing.overwrite()}
          reload={() => {
            changing.forget();
            reload?.();
          }}
        />
      )}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
