import { useCallback, useState } from "react";
import { Users } from "lucide-react";
import type { Member, Role } from "../../../api/access";
import { ROLES, projectPath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useData, useRefresh } from "../../../queries/access";
import { useAskAgain, useWho } from "../../../queries/account";
import type { Column } from "../../../ui";
import { Badge, Button, ConfirmDialog, DataTable, EmptyState, Notice, Section, Select, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { NewMember } from "./NewMember";

/** Who has which role; a change holds at once. */
export function Members({ project }: { project: string }) {
  const path = `${projectPath(project)}/members`;
  const { user: self } = useWho();
  const ask = useAskAgain();
  const members = useData<Member[]>(path);
  const roles = useData<Role[]>(ROLES);
  const refresh = useRefresh();
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Member | null>(null);
  const changed = useCallback(
    (id: string) => (id === self?.id ? ask() : refresh(path)),
    [self?.id, ask, refresh, path],
  );
  const assign = useCallback(
    async (member: Member, role: string) => {
      await sendJson("PUT", `${path}/${encodeURIComponent(member.user_id)}`, { role });
      await changed(member.user_id);
    },
    [path, changed],
  );
  const assigning = useAction(assign);
  const remove = useCallback(async () => {
    if (removed === null) return;
    await sendJson("DELETE", `${path}/${encodeURIComponent(removed.user_id)}`);
    await changed(removed.user_id);
  }, [removed, path, changed]);
  if (members.error !== null) return <Problem error={members.error} retry={() => void members.refetch()} />;
  const options = (roles.data ?? []).map((role) => ({ value: role.name, label: role.name }));
  const columns: Column<Member>[] = [
    {
      id: "name",
      head: "User",
      value: (member) => member.name,
      text: (member) => `${member.name} ${member.display_name}`,
      cell: (member) => (
        <>
          {member.name} {member.display_name === "" ? null : <span className="muted">{member.display_name}</span>}{" "}
          {member.disabled ? <Badge status="unknown">Disabled</Badge> : null}
        </>
      ),
    },
    {
      id: "role",
      head: "Role",
      value: (member) => member.role,
      cell: (member) => (
        <Select
          label={`Role of ${member.name}`}
          value={member.role}
          options={
            options.some((one) => one.value === member.role) ? options : [{ value: member.role, label: member.role }]
          }
          onChange={(role) => void assigning.run(member, role)}
        />
      ),
    },
  ];
  const add = <Button onClick={() => setAdding(true)}>Add member</Button>;
  return (
    <Section
      title="Members"
      note="administrators of the server may everything anyway"
      actions={members.data?.length === 0 ? null : add}
      flush
    >
      {assigning.error === null ? null : (
        <div className="px-4 pb-3">
          <Notice kind="crit">{assigning.error.message}</Notice>
        </div>
      )}
      <DataTable
        label="Members"
        columns={columns}
        rows={members.data}
        rowKey={(member) => member.user_id}
        busy={assigning.busy}
        empty={
          <EmptyState icon={Users} title="No members yet" action={add}>
            Give somebody a role in this project.
          </EmptyState>
        }
        actions={(member) => (
          <Button small variant="ghost" aria-label={`Remove ${member.name}`} onClick={() => setRemoved(member)}>
            Remove
          </Button>
        )}
      />
      {adding ? (
        <NewMember
          path={path}
          roles={options}
          present={members.data ?? []}
          onClose={() => setAdding(false)}
          onAdded={() => refresh(path)}
        />
      ) : null}
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={() => setRemoved(null)}
        title={`Remove ${removed?.name ?? ""} from ${project}?`}
        confirm="Remove member"
        danger
        onConfirm={remove}
      >
        They lose their role here at once, and their keys for this project stop working.
      </ConfirmDialog>
    </Section>
  );
}
