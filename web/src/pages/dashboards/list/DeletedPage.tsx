import { useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { listDocuments } from "../../../api/documents";
import { formatMoment } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Button, DataTable, EmptyState, Notice, PageBody, PageHeader, Section } from "../../../ui";
import { DELETED_KEY, useListActions } from "./useLists";

/** What was deleted and can still be brought back. */
export function DeletedPage() {
  const { location, zone } = useSession();
  const { restore } = useListActions();
  const list = useQuery({
    queryKey: DELETED_KEY,
    queryFn: async ({ signal }) => (await listDocuments("dashboard", signal, true)).filter((one) => one.deleted_ms > 0),
    staleTime: 0,
  });
  const goList = (): void => location.go("/dashboards", ["from", "to", "project"]);
  return (
    <>
      <PageHeader title="Deleted dashboards" crumbs={[{ label: "Dashboards", href: "/dashboards", go: goList }]} />
      <PageBody>
        {list.error === null ? null : <Notice kind="crit">{list.error.message}</Notice>}
        <Section title="Can be brought back" note="for 30 days, unless the server is set otherwise" flush>
          <DataTable
            label="Deleted dashboards"
            rows={list.data}
            rowKey={(one) => one.id}
            sort={{ column: "at", down: true }}
            filter="Find a dashboard"
            columns={[
              { id: "name", head: "Name", cell: (one) => one.name, value: (one) => one.name.toLowerCase() },
              { id: "by", head: "Deleted by", cell: (one) => one.updated_by, value: (one) => one.updated_by },
              {
                id: "at",
                head: "Deleted",
                number: true,
                cell: (one) => formatMoment(one.deleted_ms, zone.read(), true, false),
                value: (one) => one.deleted_ms,
              },
            ]}
            actions={(one) => (
              <Button small icon={RotateCcw} onClick={() => void restore([one.id])} aria-label={`Restore ${one.name}`}>
                Restore
              </Button>
            )}
            empty={
              <EmptyState icon={Trash2} title="Nothing was deleted">
                What is deleted is here for some time.
              </EmptyState>
            }
          />
        </Section>
      </PageBody>
    </>
  );
}
