import { Ellipsis, ListChecks } from "lucide-react";
import { useMemo, useState } from "react";
import { counted, formatCount } from "../../../data/format";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import type { MenuEntry } from "../../../ui";
import { Button, ConfirmDialog, DataTable, EmptyState, IconButton, Menu, Notice, Section } from "../../../ui";
import { Problem } from "../../access/Problem";
import { BulkMenu } from "./BulkMenu";
import { COLUMNS } from "./columns";
import { GroupDialog } from "./GroupDialog";
import { IdleGroups } from "./IdleGroups";
import { useGroupHeads, useLiveGroups } from "./keys";
import type { Row } from "./list";
import { LIST, filterRows, idleGroups, readFilter, rowAddress, rowsOf } from "./list";
import { RuleFileDialog } from "./RuleFileDialog";
import { RuleFilters } from "./RuleFilters";
import { useBulk } from "./useBulk";
import "./rules.css";

/** All rules of the project, whatever they come from. */
export function RuleList() {
  const { location } = useSession();
  const live = useLiveGroups();
  const heads = useGroupHeads();
  const may = useMay()("documents:write");
  const bulk = useBulk();
  const [group, setGroup] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  const [removed, setRemoved] = useState<readonly Row[] | null>(null);
  const rows = useMemo(() => (live.data === undefined ? undefined : rowsOf(live.data.groups)), [live.data]);
  const filter = readFilter(location.params);
  const shown = useMemo(
    () => (rows === undefined ? undefined : filterRows(rows, filter)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the parts of the filter stand for it
    [rows, filter.text, filter.state, filter.group, filter.source],
  );
  if (live.error !== null && rows === undefined) {
    return <Problem error={live.error} retry={() => void live.refetch()} />;
  }
  const own = shown?.filter((row) => row.source === "document") ?? [];
  const failing = rows?.filter((row) => row.state === "failing").length ?? 0;
  const idle = heads.data === undefined || live.data === undefined ? [] : idleGroups(heads.data, live.data.groups);
  const entriesOf = (row: Row): MenuEntry[] => [
    ...(row.source === "document"
      ? ([
          {
            label: row.rule.enabled === false ? "Switch on" : "Switch off",
            onSelect: () => void bulk.turn([row], row.rule.enabled === false),
          },
        ] satisfies MenuEntry[])
      : []),
    { label: "Make a copy", onSelect: () => location.open(rowAddress(row, true)) },
    ...(row.source === "document"
      ? ([
          { label: `Group ${row.group}`, onSelect: () => setGroup(row.where) },
          "line",
          { label: "Delete", danger: true, onSelect: () => setRemoved([row]) },
        ] satisfies MenuEntry[])
      : []),
  ];
  return (
    <>
      <Section
        title="Rules"
        note={rows === undefined ? undefined : summary(rows, failing)}
        actions={
          may ? (
            <>
              {own.length === 0 ? null : <BulkMenu own={own} bulk={bulk} onRemove={() => setRemoved(own)} />}
              <Button onClick={() => setImporting(true)}>Import</Button>
              <Button variant="primary" onClick={() => location.open(`${LIST}/new`)}>
                New rule
              </Button>
            </>
          ) : null
        }
        flush
      >
        <RuleFilters filter={filter} rows={rows ?? []} />
        {bulk.error === null ? null : (
          <div className="px-4 pb-3">
            <Notice kind="crit">{bulk.error.message}</Notice>
          </div>
        )}
        <DataTable
          label="Rules"
          columns={COLUMNS}
          rows={shown}
          rowKey={(row) => row.key}
          sort={{ column: "state", down: false }}
          onOpen={(row) => location.open(rowAddress(row))}
          empty={<Nothing filtered={(rows?.length ?? 0) > 0} />}
          {...(may
            ? {
                actions: (row: Row) => (
                  <Menu
                    trigger={<IconButton icon={Ellipsis} label={`Actions for ${row.name}`} />}
                    entries={entriesOf(row)}
                  />
                ),
              }
            : {})}
        />
      </Section>
      <IdleGroups heads={idle} may={may} onOpen={setGroup} />
      {importing ? <RuleFileDialog close={() => setImporting(false)} /> : null}
      {group === null ? null : <GroupDialog key={group} id={group} may={may} onClose={() => setGroup(null)} />}
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={() => setRemoved(null)}
        title={
          removed?.length === 1 ? `Delete rule ${removed[0]?.name ?? ""}?` : `Delete ${removed?.length ?? 0} rules?`
        }
        confirm={removed?.length === 1 ? "Delete rule" : "Delete rules"}
        danger
        onConfirm={() => bulk.remove(removed ?? [])}
      >
        Their alerts are told as resolved. An older version of the group brings them back.
      </ConfirmDialog>
    </>
  );
}

function summary(rows: readonly Row[], failing: number): string {
  const groups = new Set(rows.map((row) => `${row.where} ${row.group}`)).size;
  const count = `${formatCount(rows.length)} in ${counted(groups, "group")}`;
  return failing === 0 ? count : `${count}, ${formatCount(failing)} failing`;
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { location } = useSession();
  if (!filtered)
    return (
      <EmptyState icon={ListChecks} title="No rules yet">
        A rule watches for you, day and night.
      </EmptyState>
    );
  return (
    <EmptyState title="No rule fits" action={<Button onClick={() => location.open(LIST)}>Show all rules</Button>}>
      Take something out of the filter.
    </EmptyState>
  );
}
