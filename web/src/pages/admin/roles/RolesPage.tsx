import { useCallback, useState } from "react";
import type { Role, User } from "../../../api/access";
import { ROLES, USERS, rolePath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useData, useRefresh } from "../../../queries/access";
import type { Column } from "../../../ui";
import { Badge, Button, ConfirmDialog, DataTable, Section, toast } from "../../../ui";
import { Problem } from "../../access/Problem";
import { permissionTitle } from "../../access/words";
import { EditRole } from "./EditRole";
import { RoleForm } from "./RoleForm";

/** Who has a role, and where. */
function holders(role: string, users: readonly User[]): string[] {
  return users.flatMap((user) =>
    Object.entries(user.roles)
      .filter(([, own]) => own === role)
      .map(([project]) => `${user.name} in ${project}`),
  );
}

function columns(users: readonly User[] | undefined): Column<Role>[] {
  return [
    {
      id: "name",
      head: "Role",
      value: (role) => role.name,
      text: (role) => `${role.name} ${role.description}`,
      cell: (role) => role.name,
    },
    {
      id: "kind",
      head: "Kind",
      cell: (role) => (role.is_built_in ? <Badge>Built in</Badge> : <Badge status="info">Custom</Badge>),
    },
    {
      id: "permissions",
      head: "May",
      cell: (role) => role.permissions.map(permissionTitle).join(", "),
    },
    {
      id: "selector",
      head: "Sees only",
      cell: (role) =>
        role.selector === "" ? <span className="muted">Every series</span> : <code>{role.selector}</code>,
    },
    {
      id: "holders",
      head: "Who has it",
      number: true,
      value: (role) => (users === undefined ? null : holders(role.name, users).length),
      cell: (role) => {
        const all = users === undefined ? [] : holders(role.name, users);
        return (
          <span title={all.join("\n")}>{all.length === 0 ? "Nobody" : all.length === 1 ? all[0] : all.length}</span>
        );
      },
    },
  ];
}

/** What one may do in a project, as named sets. */
export function RolesPage() {
  const roles = useData<Role[]>(ROLES);
  const users = useData<User[]>(USERS);
  const refresh = useRefresh();
  const [making, setMaking] = useState(false);
  const [edited, setEdited] = useState<Role | null>(null);
  const [removed, setRemoved] = useState<Role | null>(null);
  const remove = useCallback(async () => {
    if (removed === null) return;
    await sendJson("DELETE", rolePath(removed.name));
    await refresh(ROLES);
    toast(`Role ${removed.name} is deleted.`);
  }, [removed, refresh]);
  if (roles.error !== null) return <Problem error={roles.error} retry={() => void roles.refetch()} />;
  return (
    <Section
      title="Roles"
      note="given to people in a project"
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          New role
        </Button>
      }
      flush
    >
      <DataTable
        label="Roles"
        columns={columns(users.data)}
        rows={roles.data}
        rowKey={(role) => role.name}
        empty={null}
        onOpen={setEdited}
        isOpen={(role) => role.name === edited?.name}
        actions={(role) =>
          role.is_built_in ? null : (
            <Button small variant="ghost" aria-label={`Delete role ${role.name}`} onClick={() => setRemoved(role)}>
              Delete
            </Button>
          )
        }
      />
      {making ? <RoleForm existing={null} etag={null} holders={[]} onClose={() => setMaking(false)} /> : null}
      {edited === null ? null : (
        <EditRole
          key={edited.name}
          name={edited.name}
          holders={holders(edited.name, users.data ?? [])}
          onClose={() => setEdited(null)}
        />
      )}
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={() => setRemoved(null)}
        title={`Delete role ${removed?.name ?? ""}?`}
        confirm="Delete role"
        danger
        onConfirm={remove}
      >
        Only a role that nobody has can be deleted.
      </ConfirmDialog>
    </Section>
  );
}
