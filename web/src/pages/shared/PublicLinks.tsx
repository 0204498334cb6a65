import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useCallback, useState } from "react";
import { sendJson } from "../../api/http";
import type { Share } from "../../api/sharing";
import { SHARES, listShares } from "../../api/sharing";
import { SHARES_KEY } from "../../dashboards/share/PublicTab";
import { useMay } from "../../queries/account";
import type { Column } from "../../ui";
import { Badge, Button, ConfirmDialog, DataTable, EmptyState, Notice, Section, toast } from "../../ui";
import { Moment } from "../access/Moment";
import { Problem } from "../access/Problem";
import { PageLink } from "../bar/PageLink";
import { Seen } from "./Seen";

const COLUMNS: readonly Column<Share>[] = [
  {
    id: "title",
    head: "Title",
    value: (share) => share.title,
    cell: (share) =>
      share.dashboard === "" ? share.title : <PageLink to={`/d/${share.dashboard}`}>{share.title}</PageLink>,
  },
  {
    id: "state",
    head: "State",
    value: (share) => (share.works ? "works" : "ended"),
    cell: (share) =>
      share.works ? (
        <Badge status="ok">{share.is_live ? "Live" : "Fixed time"}</Badge>
      ) : (
        <Badge status="unknown">Ended</Badge>
      ),
  },
  {
    id: "by",
    head: "Made by",
    value: (share) => share.created_by,
    cell: (share) => share.created_by,
    wideOnly: true,
  },
  {
    id: "made",
    head: "Made",
    value: (share) => share.created_ms,
    cell: (share) => <Moment at_ms={share.created_ms} />,
  },
  {
    id: "ends",
    head: "Ends",
    value: (share) => share.expires_ms,
    cell: (share) => <Moment at_ms={share.expires_ms} />,
  },
  { id: "seen", head: "Last seen", value: (share) => share.last_seen_ms, cell: (share) => <Seen of={share} /> },
];

/** Links that open a dashboard without signing in. */
export function PublicLinks() {
  const client = useQueryClient();
  const mayEnd = useMay()("documents:write");
  const [ended, setEnded] = useState<Share | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: SHARES_KEY,
    queryFn: ({ signal }) => listShares(signal),
    staleTime: 0,
  });
  const end = useCallback(async () => {
    if (ended === null) return;
    await sendJson("DELETE", `${SHARES}/${encodeURIComponent(ended.id)}`);
    await client.invalidateQueries({ queryKey: SHARES_KEY });
    toast(`The link to ${ended.title} is ended.`);
  }, [ended, client]);
  return (
    <Section title="Public links" note="open without signing in" flush>
      {error !== null ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : (
        <>
          {data?.public_links === false ? (
            <div className="p-4">
              <Notice kind="info">None of them opens: the setting sharing.public_links of this server is off.</Notice>
            </div>
          ) : null}
          <DataTable
            label="Public links"
            columns={COLUMNS}
            rows={data?.shares}
            rowKey={(share) => share.id}
            empty={
              <EmptyState icon={Link2} title="No public links">
                Share a dashboard to show it to people who do not sign in.
              </EmptyState>
            }
            {...(mayEnd
              ? {
                  actions: (share: Share) => (
                    <Button
                      small
                      variant="ghost"
                      aria-label={`End the link to ${share.title}`}
                      onClick={() => setEnded(share)}
                    >
                      End
                    </Button>
                  ),
                }
              : {})}
          />
        </>
      )}
      <ConfirmDialog
        open={ended !== null}
        onOpenChange={() => setEnded(null)}
        title={`End the link to ${ended?.title ?? ""}?`}
        confirm="End the link"
        danger
        onConfirm={end}
      >
        Whoever has it open loses it within seconds. It cannot be brought back.
      </ConfirmDialog>
    </Section>
  );
}
