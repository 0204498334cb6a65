import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import type { AuditLine } from "../../../api/access";
import { auditPage } from "../../../api/access";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import type { Column, Status } from "../../../ui";
import { Badge, Button, DataTable, EmptyState, Section } from "../../../ui";
import { Moment } from "../../access/Moment";
import { Problem } from "../../access/Problem";
import { AuditDetail } from "./AuditDetail";
import { AuditFilters } from "./AuditFilters";
import { AuditTools } from "./AuditTools";
import { FIELDS, actionWords, askedOf, isEmpty, readFilter } from "./filter";

const RESULTS: Readonly<Record<string, Status>> = { ok: "ok", refused: "warn", failed: "crit" };

const COLUMNS: readonly Column<AuditLine>[] = [
  { id: "action", head: "What", cell: (line) => actionWords(line.action) },
  { id: "time", head: "When", cell: (line) => <Moment at_ms={line.time_ms} /> },
  {
    id: "actor",
    head: "Who",
    cell: (line) => (
      <>
        {line.actor || line.actor_kind}{" "}
        {line.actor_kind === "user" || line.actor === "" ? null : <span className="muted">{line.actor_kind}</span>}
      </>
    ),
  },
  {
    id: "object",
    head: "On",
    cell: (line) => [line.object_kind, nameOf(line)].filter(Boolean).join(" ") || <span className="muted">-</span>,
  },
  { id: "project", head: "Project", cell: (line) => line.project || <span className="muted">-</span>, wideOnly: true },
  { id: "address", head: "From", cell: (line) => line.address || <span className="muted">-</span> },
  {
    id: "result",
    head: "Result",
    cell: (line) => <Badge status={RESULTS[line.result] ?? "unknown"}>{line.result}</Badge>,
  },
];

function nameOf(line: AuditLine): string {
  const named: unknown = line.detail["name"];
  return typeof named === "string" ? named : line.object_id;
}

/** Who did what, when, from where, and whether it went through. */
export function AuditPage() {
  const { location } = useSession();
  useLocationText();
  const filter = readFilter(location.params);
  const asked = askedOf(filter);
  const [open, setOpen] = useState<AuditLine | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ["audit", asked.toString()],
    queryFn: ({ pageParam, signal }) => auditPage(asked, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const clear = (): void => {
    const none = [...FIELDS, "since_ms", "until_ms"].map((name) => [name, null]);
    location.change(Object.fromEntries(none) as Record<string, null>, "push");
  };
  return (
    <Section title="Audit log" note="newest first" actions={<AuditTools asked={asked} />} flush>
      <AuditFilters filter={filter} onClear={isEmpty(filter) ? null : clear} />
      {pages.error !== null ? (
        <Problem error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <DataTable
          label="Audit log"
          columns={COLUMNS}
          rows={pages.data?.pages.flatMap((page) => page.lines)}
          rowKey={(line) => String(line.seq)}
          onOpen={setOpen}
          isOpen={(line) => line.seq === open?.seq}
          empty={
            <EmptyState icon={ScrollText} title="No line matches" action={<Button onClick={clear}>Show all</Button>}>
              Nothing of this kind has been noted.
            </EmptyState>
          }
          {...(pages.hasNextPage
            ? { more: { busy: pages.isFetchingNextPage, fetch: () => void pages.fetchNextPage() } }
            : {})}
        />
      )}
      {open === null ? null : <AuditDetail line={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}
