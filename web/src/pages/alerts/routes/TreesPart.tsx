import { Split } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { Document } from "../../../api/documents";
import { createNumbered, deleteDocument } from "../../../api/documents";
import type { Route, RouteTest } from "../../../api/routing";
import { useMay } from "../../../queries/account";
import { Button, ConfirmDialog, EmptyState, Notice, Section, toast, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { LeaveDialog } from "../../dashboards/LeaveDialog";
import { useLeaveGuard } from "../../dashboards/useLeaveGuard";
import { DASHBOARD } from "../contacts/ContactTable";
import { useAskAgainFor, useKept } from "../kept/useKept";
import { ImportDialog } from "./ImportDialog";
import type { Names } from "./NodeForm";
import { Tester } from "./Tester";
import { TreeSection } from "./TreeSection";
import { countOf, routeOf } from "./route";
import "./routes.css";

const NO_HITS: ReadonlySet<string> = new Set();

function useNames(): Names {
  const named = (documents: readonly Document[] | undefined): string[] => (documents ?? []).map(({ name }) => name);
  const contacts = named(useKept("contact_point").data);
  const timings = named(useKept("mute_timing").data);
  const escalations = named(useKept("escalation").data);
  return { contacts: [...new Set([DASHBOARD, ...contacts])], timings, escalations };
}

/** The trees of routes, beside a test of where an alert would go. */
export function TreesPart({ mayChange }: { mayChange: boolean }) {
  const trees = useKept("alert_route");
  const askAgainFor = useAskAgainFor();
  const names = useNames();
  const mayTest = useMay()("status:read");
  const [draft, setDraft] = useState<{ id: string; name: string; route: Route } | null>(null);
  const [test, setTest] = useState<RouteTest | null>(null);
  const [gone, setGone] = useState<Document | null>(null);
  const [importing, setImporting] = useState(false);
  const leaving = useLeaveGuard(
    draft !== null,
    useCallback(() => draft !== null, [draft]),
  );
  const saved = useCallback(() => askAgainFor("alert_route"), [askAgainFor]);
  const creating = useAction(async () => {
    await createNumbered("alert_route", { name: "main", spec: { receiver: DASHBOARD } });
    await saved();
  });
  const hits = useMemo(() => hitsOf(test), [test]);
  const change = (kept: Document, route: Route | null): void => {
    setDraft(route === null ? null : { id: kept.id, name: kept.name, route });
    setTest(null);
  };
  if (trees.error !== null) return <Problem error={trees.error} retry={() => void trees.refetch()} />;
  const { data } = trees;
  const buttons = mayChange ? (
    <>
      <Button onClick={() => setImporting(true)}>Import alertmanager.yml</Button>
      <Button variant="primary" busy={creating.busy} onClick={() => void creating.run()}>
        New tree
      </Button>
    </>
  ) : null;
  return (
    <div className="routes-page">
      <div>
        {data?.length === 0 ? (
          <Section title="Trees of routes" actions={null}>
            <EmptyState icon={Split} title="Every alert rings the bell of the page" action={buttons}>
              A tree sends alerts to contact points, by their labels.
            </EmptyState>
          </Section>
        ) : (
          <>
            {data?.map((kept) => (
              <TreeSection
                key={`${kept.id} ${kept.version}`}
                kept={kept}
                draft={draft?.id === kept.id ? draft.route : null}
                setDraft={(route) => change(kept, route)}
                names={names}
                hits={
                  draft === null || draft.id === kept.id
                    ? (hits.get(draft === null ? kept.name : "tree") ?? NO_HITS)
                    : NO_HITS
                }
                mayChange={mayChange && (draft === null || draft.id === kept.id)}
                saved={saved}
                remove={() => setGone(kept)}
              />
            ))}
            <div className="flex flex-wrap gap-2">{draft === null ? buttons : null}</div>
          </>
        )}
        {creating.error === null ? null : <Notice kind="crit">{creating.error.message}</Notice>}
      </div>
      {mayTest ? <Tester draft={draft} found={setTest} /> : null}
      {importing ? <ImportDialog close={() => setImporting(false)} /> : null}
      <ConfirmDialog
        open={gone !== null}
        onOpenChange={() => setGone(null)}
        title={`Delete tree ${gone?.name ?? ""}?`}
        confirm="Delete tree"
        danger
        onConfirm={async () => {
          if (gone === null) return;
          await deleteDocument("alert_route", gone.id, gone.version);
          await saved();
          toast(`Tree ${gone.name} is deleted.`);
        }}
      >
        {gone === null ? "" : `${countOf(routeOf(gone.spec))} routes.`} Without any tree every alert rings the bell.
      </ConfirmDialog>
      <LeaveDialog leaving={leaving}>The changes of the tree are lost then.</LeaveDialog>
    </div>
  );
}

/** The places that an alert goes to, by tree; a tree that is edited is called `tree` by the server. */
function hitsOf(test: RouteTest | null): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { tree, place } of test?.hits ?? []) found.set(tree, (found.get(tree) ?? new Set()).add(place));
  return found;
}
