import { useCallback, useMemo, useState } from "react";
import type { Document } from "../../../api/documents";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, EmptyState } from "../../../ui";
import { Problem } from "../../access/Problem";
import { PageLink } from "../../bar/PageLink";
import { StateBadge } from "./columns";
import { useGroup, useKeepGroup, useLiveGroups } from "./keys";
import type { Row } from "./list";
import { LIST, USUAL_MS, rowsOf } from "./list";
import { RuleEditor } from "./RuleEditor";
import { ShownRule } from "./ShownRule";
import { readGroup } from "./rule";
import { editStart, readNamed } from "./start";

/** The editor of a rule of a group that is a document; without the right to write it is only shown. */
export function EditRule() {
  const { location } = useSession();
  const id = location.params.get("doc") ?? "";
  const { data, error, refetch } = useGroup(id);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => void refetch().then(() => setRound((count) => count + 1)), [refetch]);
  if (error !== null && data === undefined) return <Problem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <p className="muted">Loading</p>;
  const { rule, at } = readNamed(location.params);
  // the time is in the address, too, and another one must not begin the form anew, nor must what was just saved
  return <Opened key={`${id} ${rule} ${at} ${round}`} document={data} reload={reload} />;
}

function Opened({ document, reload }: { document: Document; reload: () => void }) {
  const { location } = useSession();
  const may = useMay();
  const live = useLiveGroups();
  const keep = useKeepGroup();
  const group = useMemo(() => readGroup(document.spec), [document.spec]);
  const start = useMemo(
    () => editStart({ id: document.id, group }, readNamed(location.params)),
    [document.id, group, location],
  );
  const onSaved = useCallback(
    (saved: Document, id: string) => {
      keep(saved);
      location.change({ rule: id }, "replace");
    },
    [keep, location],
  );
  if (start === null) {
    return (
      <EmptyState
        title="This rule is not here any more"
        action={<Button onClick={() => location.open(LIST)}>All rules</Button>}
      >
        It was deleted from group {document.name}, or got another name.
      </EmptyState>
    );
  }
  const own = live.data?.groups.filter((one) => one.document === document.id) ?? [];
  const row = rowsOf(own)[start.base?.at ?? 0];
  const seconds = own[0]?.interval;
  const usual_ms = group.interval || seconds === undefined ? USUAL_MS : seconds * 1000;
  if (!may("documents:write")) {
    return (
      <ShownRule
        rule={start.rule}
        labels={group.labels ?? {}}
        groupName={document.name}
        from="a group of this project"
        interval_ms={(seconds ?? 60) * 1000}
      />
    );
  }
  return (
    <RuleEditor
      start={start}
      group={group}
      groupName={document.name}
      usual_ms={usual_ms}
      status={row === undefined ? null : <Now row={row} />}
      onSaved={onSaved}
      reload={reload}
    />
  );
}

/** Its state, and its alerts while there are some. */
function Now({ row }: { row: Row }) {
  const has = row.state === "firing" || row.state === "pending";
  const address = `/alerts/open?${new URLSearchParams({ text: `alertname="${row.name}"` }).toString()}`;
  return (
    <>
      <StateBadge row={row} />
      {has ? (
        <PageLink to={address} className="btn btn--sm">
          Its alerts
        </PageLink>
      ) : null}
    </>
  );
}
