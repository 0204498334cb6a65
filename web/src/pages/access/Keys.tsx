import { KeyRound } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { Key } from "../../api/access";
import { sendJson } from "../../api/http";
import { useData, useRefresh } from "../../queries/access";
import { useSession } from "../../queries/session";
import type { Column } from "../../ui";
import { Badge, Button, ConfirmDialog, DataTable, EmptyState, Section, toast } from "../../ui";
import { Moment } from "./Moment";
import { NewKey } from "./NewKey";
import { Problem } from "./Problem";
import { SCOPES } from "./words";

interface Props {
  path: string;
  project?: string;
  note: string;
}

const scopeTitle = (name: string): string => SCOPES.find((one) => one.name === name)?.title ?? name;

function columns(now_ms: number, withProject: boolean): Column<Key>[] {
  const all: (Column<Key> | null)[] = [
    {
      id: "name",
      head: "Name",
      value: (key) => key.name,
      cell: (key) => (
        <>
          {key.name} <code className="muted">{key.prefix}…</code>
        </>
      ),
    },
    { id: "scopes", head: "May", cell: (key) => key.scopes.map(scopeTitle).join(", ") },
    withProject ? { id: "project", head: "Project", value: (key) => key.project, cell: (key) => key.project } : null,
    {
      id: "used",
      head: "Last used",
      value: (key) => key.last_used_ms,
      cell: (key) => <Moment at_ms={key.last_used_ms} />,
    },
    {
      id: "expires",
      head: "Ends",
      value: (key) => key.expires_ms || null,
      cell: (key) =>
        key.expires_ms !== 0 && key.expires_ms <= now_ms ? (
          <Badge status="unknown">Ended</Badge>
        ) : (
          <Moment at_ms={key.expires_ms} />
        ),
    },
  ];
  return all.filter((one) => one !== null);
}

/** Keys of a person or a project: make, see when they were used, revoke. */
export function Keys({ path, project, note }: Props) {
  const { clock } = useSession();
  const keys = useData<Key[]>(path);
  const refresh = useRefresh();
  const [making, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const shown = useMemo(() => columns(clock.now(), project === undefined), [clock, project]);
  const revoke = useCallback(async () => {
    if (revoked === null) return;
    await sendJson("DELETE", `${path}/${encodeURIComponent(revoked.id)}`);
    await refresh(path);
    toast(`Key ${revoked.name} is revoked.`);
  }, [revoked, path, refresh]);
  const create = <Button onClick={() => setMaking(true)}>New key</Button>;
  const none = keys.data?.length === 0;
  return (
    <Section title="API keys" note={note} actions={none ? null : create} flush>
      {keys.error !== null ? (
        <Problem error={keys.error} retry={() => void keys.refetch()} />
      ) : (
        <DataTable
          label="API keys"
          columns={shown}
          rows={keys.data}
          rowKey={(key) => key.id}
          empty={
            <EmptyState icon={KeyRound} title="No keys yet" action={create}>
              Programs that send or read metrics sign in with a key.
            </EmptyState>
          }
          actions={(key) => (
            <Button small variant="ghost" aria-label={`Revoke ${key.name}`} onClick={() => setRevoked(key)}>
              Revoke
            </Button>
          )}
        />
      )}
      {making ? (
        <NewKey
          path={path}
          {...(project === undefined ? {} : { project })}
          onMade={() => refresh(path)}
          onClose={() => setMaking(false)}
        />
      ) : null}
      <ConfirmDialog
        open={revoked !== null}
        onOpenChange={() => setRevoked(null)}
        title={`Revoke key ${revoked?.name ?? ""}?`}
        confirm="Revoke key"
        danger
        onConfirm={revoke}
      >
        Whatever uses it is refused at once. This cannot be taken back.
      </ConfirmDialog>
    </Section>
  );
}
