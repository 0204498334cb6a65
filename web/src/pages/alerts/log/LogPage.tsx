import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, ScrollText } from "lucide-react";
import { useCallback } from "react";
import type { LogEntry } from "../../../api/notifications";
import { logPage, retryNotifications } from "../../../api/notifications";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import { Button, DataTable, EmptyState, Notice, Section, Segmented, toast, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { LogDetail } from "./LogDetail";
import { COLUMNS } from "./columns";
import { CHOICES, filterOf } from "./entry";
import "./log.css";

const LOG_KEY = ["notification log"];
const PACE_MS = 5000;

/** Who was told what: delivered, waiting, or not delivered and to be tried again. */
export function LogPage({ item }: { item: string | null }) {
  const { location } = useSession();
  useLocationText();
  const client = useQueryClient();
  const mayChange = useMay()("documents:write");
  const filter = filterOf(location.params);
  const pages = useInfiniteQuery({
    queryKey: [...LOG_KEY, filter],
    queryFn: ({ pageParam, signal }) => logPage(filter, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next,
    // older pages do not change while somebody reads them
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : PACE_MS),
    staleTime: 0,
  });
  const rows = pages.data?.pages.flatMap((page) => page.entries);
  const open = rows?.find((one) => one.id === item);
  const go = (id: string): void => location.go(`/alerts/log${id}`, ["project", "status", "group"]);
  const retrying = useAction(
    useCallback(
      async (ids: readonly string[]) => {
        const count = await retryNotifications(ids);
        await client.invalidateQueries({ queryKey: LOG_KEY });
        toast(count === 1 ? "It is tried again." : `${count} are tried again.`);
      },
      [client],
    ),
  );
  const tryAgain = (one: LogEntry): void => {
    go("");
    void retrying.run([one.id]);
  };
  const isDead = (one: LogEntry): boolean => mayChange && one.status === "dead";
  if (pages.error !== null && rows === undefined) {
    return <Problem error={pages.error} retry={() => void pages.refetch()} />;
  }
  return (
    <Section
      title="Notifications"
      note="newest first"
      actions={
        rows?.some(isDead) === true ? (
          <Button icon={RotateCcw} busy={retrying.busy} onClick={() => void retrying.run([])}>
            Try all again that were not delivered
          </Button>
        ) : null
      }
      flush
    >
      <div className="flex flex-wrap items-center gap-3 px-4 pb-3">
        <Segmented
          label="Which notifications"
          value={filter.status ?? "all"}
          choices={CHOICES}
          onChange={(next) => location.change({ status: next === "all" ? null : next }, "replace")}
        />
        {filter.group === "" ? null : (
          <Button small onClick={() => location.change({ group: null }, "push")}>
            Of one group: show all
          </Button>
        )}
      </div>
      {item === null || rows === undefined || open !== undefined ? null : (
        <div className="px-4 pb-3">
          <Notice
            kind="info"
            action={
              <Button small onClick={() => go("")}>
                Close
              </Button>
            }
          >
            The notification of this address is not among those that are loaded.
          </Notice>
        </div>
      )}
      {retrying.error === null ? null : (
        <div className="px-4 pb-3">
          <Notice kind="crit">{retrying.error.message}</Notice>
        </div>
      )}
      <DataTable
        label="Notifications"
        columns={COLUMNS}
        rows={rows}
        rowKey={(one) => one.id}
        onOpen={(one) => go(`/${encodeURIComponent(one.id)}`)}
        isOpen={(one) => one.id === item}
        empty={
          <EmptyState icon={ScrollText} title="No notifications">
            {filter.status === null && filter.group === "" ? "Nobody was told anything yet." : "None of these."}
          </EmptyState>
        }
        actions={(one) =>
          isDead(one) ? (
            <Button
              small
              variant="ghost"
              aria-label={`Try again: ${one.title}`}
              onClick={() => void retrying.run([one.id])}
            >
              Try again
            </Button>
          ) : null
        }
        {...(pages.hasNextPage
          ? { more: { busy: pages.isFetchingNextPage, fetch: () => void pages.fetchNextPage() } }
          : {})}
      />
      {open === undefined ? null : (
        <LogDetail
          entry={open}
          close={() => go("")}
          showGroup={() => {
            go("");
            location.change({ group: open.group_id, status: null }, "push");
          }}
          retry={isDead(open) ? () => tryAgain(open) : null}
        />
      )}
    </Section>
  );
}
