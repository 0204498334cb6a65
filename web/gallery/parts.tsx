/** The parts in use, as a page would use them. */

import { Ellipsis, KeyRound, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Column } from "../src/ui";
import {
  Badge,
  Button,
  CenterCard,
  Checkbox,
  ConfirmDialog,
  CopyOnce,
  DataTable,
  Dialog,
  EmptyState,
  Field,
  FieldGroup,
  IconButton,
  Menu,
  Notice,
  NumberInput,
  PasswordInput,
  Section,
  Segmented,
  Select,
  Switch,
  TabStrip,
  TextArea,
  TextInput,
  toast,
} from "../src/ui";

interface Person {
  id: number;
  name: string;
  mail: string;
  role: string;
  keys: number;
  active: boolean;
  seen: string | null;
}

const PEOPLE: readonly Person[] = [
  { id: 1, name: "Mira Okafor", mail: "mira@example.org", role: "admin", keys: 12, active: true, seen: "14:31" },
  { id: 2, name: "Jonas Weber", mail: "jonas@example.org", role: "editor", keys: 2, active: true, seen: "09:12" },
  { id: 3, name: "Ana Lima", mail: "ana.lima@example.org", role: "viewer", keys: 0, active: false, seen: null },
];

const COLUMNS: readonly Column<Person>[] = [
  { id: "name", head: "Name", cell: (one) => one.name, value: (one) => one.name },
  { id: "mail", head: "E-mail", cell: (one) => one.mail, value: (one) => one.mail },
  { id: "role", head: "Role", cell: (one) => <Badge>{one.role}</Badge>, value: (one) => one.role },
  { id: "keys", head: "Keys", cell: (one) => one.keys, value: (one) => one.keys, number: true },
  {
    id: "state",
    head: "State",
    cell: (one) => <Badge status={one.active ? "ok" : "unknown"}>{one.active ? "active" : "disabled"}</Badge>,
    value: (one) => Number(one.active),
    text: (one) => (one.active ? "active" : "disabled"),
  },
  { id: "seen", head: "Last seen", cell: (one) => one.seen ?? "never", value: (one) => one.seen, wideOnly: true },
];

export function Tables() {
  const [tab, setTab] = useState<"users" | "loading" | "empty">("users");
  const [open, setOpen] = useState<number | null>(null);
  const table = (rows: readonly Person[] | undefined) => (
    <div className="pt-3">
      <DataTable
        label="Users"
        columns={COLUMNS}
        rows={rows}
        rowKey={(one) => String(one.id)}
        filter="Find a user"
        sort={{ column: "name", down: false }}
        onOpen={(one) => setOpen(one.id)}
        isOpen={(one) => one.id === open}
        empty={
          <EmptyState icon={KeyRound} title="No users yet" action={<Button icon={Plus}>Invite somebody</Button>}>
            Only the first admin can sign in.
          </EmptyState>
        }
        actions={(one) => (
          <Menu
            trigger={<IconButton icon={Ellipsis} label={`More about ${one.name}`} />}
            entries={[
              { label: "Edit", icon: Pencil, onSelect: () => toast(`Edit ${one.name}`) },
              "line",
              { label: "Delete", icon: Trash2, danger: true, onSelect: () => toast(`Delete ${one.name}`) },
            ]}
          />
        )}
      />
    </div>
  );
  return (
    <Section title="Users" note="in project vector-search" flush actions={<Button icon={Plus}>User</Button>}>
      <TabStrip
        label="Tables"
        inset
        value={tab}
        onChange={setTab}
        tabs={[
          { value: "users", label: "Users", note: "3", content: table(PEOPLE) },
          { value: "loading", label: "Loading", content: table(undefined) },
          { value: "empty", label: "Empty", content: table([]) },
        ]}
      />
    </Section>
  );
}

const UNITS = ["none", "bytes", "seconds", "milliseconds", "percent", "per second"] as const;

export function Forms() {
  const [name, setName] = useState("Search latency");
  const [number, setNumber] = useState<number | null>(120);
  const [unit, setUnit] = useState<(typeof UNITS)[number] | null>(null);
  const [note, setNote] = useState("");
  const [envelope, setEnvelope] = useState(true);
  const [scopes, setScopes] = useState({ ingest: true, read: false });
  const [stack, setStack] = useState<"none" | "normal">("none");
  return (
    <Section title="Form" note="28 px, 44 px for fingers">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Name" required>
          <TextInput value={name} onChange={setName} />
        </Field>
        <Field label="Unit">
          <Select value={unit} options={UNITS.map((value) => ({ value, label: value }))} onChange={setUnit} />
        </Field>
        <Field label="Threshold" help="Between 0 and 1000.">
          <NumberInput value={number} onChange={setNumber} min={0} max={1000} step={5} unit="ms" />
        </Field>
        <Field label="Host" error="Not an address. Try http://host:9100.">
          <TextInput value="htp:/host" onChange={() => undefined} mono />
        </Field>
        <Field label="Note" optional>
          <TextArea value={note} onChange={setNote} />
        </Field>
        <FieldGroup label="Scopes" help="What the key may do.">
          <Checkbox
            label="Ingest"
            help="Send samples"
            checked={scopes.ingest}
            onChange={(ingest) => setScopes({ ...scopes, ingest })}
          />
          <Checkbox label="Read" checked={scopes.read} onChange={(read) => setScopes({ ...scopes, read })} />
          <Checkbox label="Some" checked="some" onChange={() => undefined} />
        </FieldGroup>
        <Switch label="Envelope" help="Keep min and max" checked={envelope} onChange={setEnvelope} />
        <div>
          <Segmented
            label="Stack"
            value={stack}
            choices={[
              { value: "none", label: "None" },
              { value: "normal", label: "Normal" },
            ]}
            onChange={setStack}
          />
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary">Save</Button>
        <Button icon={Pencil}>Edit</Button>
        <Button variant="ghost">Discard</Button>
        <Button variant="danger" icon={Trash2}>
          Remove
        </Button>
        <Button busy>Saving</Button>
        <Button disabled>Off</Button>
        <Button small>Small</Button>
      </div>
    </Section>
  );
}

export function Dialogs() {
  const [open, setOpen] = useState<"key" | "edit" | "delete" | null>(null);
  const [name, setName] = useState("");
  const close = (): void => setOpen(null);
  return (
    <Section title="Dialogs">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen("edit")}>Edit user</Button>
        <Button onClick={() => setOpen("key")}>New key</Button>
        <Button variant="danger" onClick={() => setOpen("delete")}>
          Delete project
        </Button>
        <Button onClick={() => toast({ text: "Rule deleted.", status: "ok", action: { label: "Undo", run: close } })}>
          Toast
        </Button>
      </div>
      <Dialog
        open={open === "edit"}
        onOpenChange={close}
        title="Edit user"
        description="Changes hold from the next request on."
        onSubmit={close}
        actions={
          <>
            <Button variant="ghost" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" variant="primary">
              Save
            </Button>
          </>
        }
      >
        <Field label="Name">
          <TextInput value={name} onChange={setName} />
        </Field>
      </Dialog>
      <Dialog open={open === "key"} onOpenChange={close} title="New API key">
        <CopyOnce label="API key" secret="vk_7Qm2J1xYw0s9aPz4T8e9Lt" onDone={close} />
      </Dialog>
      <ConfirmDialog
        open={open === "delete"}
        onOpenChange={close}
        title="Delete project billing?"
        confirm="Delete project"
        danger
        typed="billing"
        onConfirm={() => new Promise((resolve) => setTimeout(resolve, 800))}
      >
        Its 4 120 series, 12 dashboards and 3 keys go with it. This cannot be taken back.
      </ConfirmDialog>
    </Section>
  );
}

export const Badges = {
  One: () => <Badge status="ok">Reporting</Badge>,
  All: () => (
    <Section title="Status and messages">
      <div className="flex flex-wrap gap-2">
        <Badge status="ok">ok</Badge>
        <Badge status="warn">pending</Badge>
        <Badge status="crit">firing</Badge>
        <Badge status="info">acknowledged</Badge>
        <Badge status="unknown">unknown</Badge>
        <Badge>editor</Badge>
      </div>
      <Notice kind="warn" action={<Button small>Compare</Button>}>
        Jonas saved v25 while you were editing.
      </Notice>
      <Notice kind="info">5 min averages of 1 s data; spikes kept as min and max.</Notice>
      <Notice kind="crit">3 of 40 panels failed.</Notice>
    </Section>
  ),
};

export function Login({ onDone }: { onDone: () => void }) {
  const [mail, setMail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <CenterCard title="Sign in" lead="to edge-01">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onDone();
        }}
      >
        <Field label="User">
          <TextInput value={mail} onChange={setMail} autoComplete="username" />
        </Field>
        <Field label="Password">
          <PasswordInput value={password} onChange={setPassword} autoComplete="current-password" />
        </Field>
        <Button type="submit" variant="primary">
          Sign in
        </Button>
      </form>
    </CenterCard>
  );
}
