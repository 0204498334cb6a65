import { useState } from "react";
import type { User } from "../../../api/access";
import { USERS } from "../../../api/access";
import { useData, useRefresh } from "../../../queries/access";
import { useWho } from "../../../queries/account";
import type { Column } from "../../../ui";
import { Badge, Button, DataTable, Section } from "../../../ui";
import { Moment } from "../../access/Moment";
import { OneTimeLink } from "../../access/OneTimeLink";
import { Problem } from "../../access/Problem";
import { EditUser } from "./EditUser";
import { NewUser } from "./NewUser";
import { UserActions } from "./UserActions";

const COLUMNS: readonly Column<User>[] = [
  {
    id: "name",
    head: "Name",
    value: (user) => user.name,
    text: (user) => `${user.name} ${user.display_name} ${user.email}`,
    cell: (user) => user.name,
  },
  {
    id: "person",
    head: "Person",
    value: (user) => user.display_name,
    cell: (user) => user.display_name || user.email || <span className="muted">-</span>,
    wideOnly: true,
  },
  {
    id: "may",
    head: "Roles",
    text: (user) => Object.entries(user.roles).flat().join(" "),
    cell: (user) => <Rights user={user} />,
  },
  {
    id: "state",
    head: "Signs in by",
    text: (user) => (user.disabled_ms === 0 ? "active" : "disabled"),
    cell: (user) => <State user={user} />,
  },
  {
    id: "seen",
    head: "Last sign-in",
    value: (user) => user.last_login_ms,
    cell: (user) => <Moment at_ms={user.last_login_ms} />,
  },
];

function Rights({ user }: { user: User }) {
  if (user.is_instance_admin) return <Badge status="info">Server admin</Badge>;
  const roles = Object.entries(user.roles);
  if (roles.length === 0) return <span className="muted">None</span>;
  return roles.map(([project, role]) => `${role} in ${project}`).join(", ");
}

function State({ user }: { user: User }) {
  if (user.disabled_ms !== 0) return <Badge status="unknown">Disabled</Badge>;
  if (user.oidc_issuer !== "" && !user.has_password) return "Identity provider";
  if (!user.has_password) return <Badge status="warn">No password yet</Badge>;
  return user.has_second_factor ? "Password and code" : "Password";
}

/** Everybody who can sign in. */
export function UsersPage() {
  const { user: self } = useWho();
  const users = useData<User[]>(USERS);
  const refresh = useRefresh();
  const [making, setMaking] = useState(false);
  const [edited, setEdited] = useState<User | null>(null);
  const [link, setLink] = useState<{ name: string; token: string } | null>(null);
  if (users.error !== null) return <Problem error={users.error} retry={() => void users.refetch()} />;
  return (
    <Section
      title="Users"
      note="roles are given in each project"
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          New user
        </Button>
      }
      flush
    >
      <DataTable
        label="Users"
        columns={COLUMNS}
        rows={users.data}
        rowKey={(user) => user.id}
        filter="Search users"
        empty={null}
        onOpen={setEdited}
        isOpen={(user) => user.id === edited?.id}
        actions={(user) => <UserActions user={user} self={user.id === self?.id} onEdit={setEdited} onLink={setLink} />}
      />
      {making ? (
        <NewUser
          onClose={() => setMaking(false)}
          onMade={(user) => {
            setMaking(false);
            void refresh(USERS);
            setLink({ name: user.name, token: user.link_token });
          }}
        />
      ) : null}
      {edited === null ? null : <EditUser key={edited.id} id={edited.id} onClose={() => setEdited(null)} />}
      {link === null ? null : <OneTimeLink name={link.name} token={link.token} onDone={() => setLink(null)} />}
    </Section>
  );
}
