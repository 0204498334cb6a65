import { useCallback, useState } from "react";
import type { Session } from "../../api/access";
import { PROFILE } from "../../api/access";
import { sendJson } from "../../api/http";
import { useData, useRefresh } from "../../queries/access";
import type { Column } from "../../ui";
import { Badge, Button, ConfirmDialog, DataTable, Section, toast, useAction } from "../../ui";
import { Moment } from "../access/Moment";
import { Problem } from "../access/Problem";
import { METHODS, agentName } from "../access/words";

const PATH = `${PROFILE}/sessions`;

const COLUMNS: readonly Column<Session>[] = [
  {
    id: "where",
    head: "Browser",
    value: (session) => agentName(session.user_agent),
    cell: (session) => (
      <span title={session.user_agent}>
        {agentName(session.user_agent)} {session.is_present ? <Badge status="ok">This one</Badge> : null}
      </span>
    ),
  },
  { id: "address", head: "Address", value: (session) => session.address, cell: (session) => session.address },
  { id: "method", head: "Signed in by", cell: (session) => METHODS[session.method] ?? session.method, wideOnly: true },
  { id: "begun", head: "Since", value: (session) => session.created_ms, cell: (s) => <Moment at_ms={s.created_ms} /> },
  { id: "seen", head: "Last seen", value: (s) => s.last_seen_ms, cell: (s) => <Moment at_ms={s.last_seen_ms} /> },
  {
    id: "ends",
    head: "Ends",
    value: (s) => s.expires_ms,
    cell: (s) => <Moment at_ms={s.expires_ms} />,
    wideOnly: true,
  },
];

/** Where one is signed in. */
export function Sessions() {
  const sessions = useData<Session[]>(PATH);
  const refresh = useRefresh();
  const [asked, setAsked] = useState(false);
  const end = useCallback(
    async (session: Session) => {
      await sendJson("DELETE", `${PATH}/${encodeURIComponent(session.id)}`);
      await refresh(PATH);
    },
    [refresh],
  );
  const ending = useAction(end);
  const endOthers = useCallback(async () => {
    await sendJson("DELETE", PATH);
    await refresh(PATH);
    toast("You are signed in here only.");
  }, [refresh]);
  const others = sessions.data?.some((session) => !session.is_present) === true;
  return (
    <Section
      title="Sessions"
      note="where you are signed in"
      actions={others ? <Button onClick={() => setAsked(true)}>End all others</Button> : null}
      flush
    >
      {sessions.error !== null || ending.error !== null ? (
        <Problem
          error={sessions.error ?? ending.error ?? new Error("unknown")}
          retry={() => {
            ending.clear();
            void sessions.refetch();
          }}
        />
      ) : (
        <DataTable
          label="Sessions"
          columns={COLUMNS}
          rows={sessions.data}
          rowKey={(session) => session.id}
          sort={{ column: "seen", down: true }}
          empty={null}
          actions={(session) =>
            session.is_present ? null : (
              <Button
                small
                variant="ghost"
                busy={ending.busy}
                aria-label={`End the session of ${agentName(session.user_agent)}`}
                onClick={() => void ending.run(session)}
              >
                End
              </Button>
            )
          }
        />
      )}
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
        title="End all other sessions?"
        confirm="End other sessions"
        onConfirm={endOthers}
      >
        Every other browser has to sign in again. Keys go on working.
      </ConfirmDialog>
    </Section>
  );
}
