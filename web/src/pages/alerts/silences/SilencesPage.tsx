import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BellOff } from "lucide-react";
import { useCallback, useState } from "react";
import type { ListedSilence } from "../../../api/silences";
import { expireSilence, listSilences } from "../../../api/silences";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import { Button, ConfirmDialog, DataTable, EmptyState, Section, Segmented, toast } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useAskAgainFor } from "../kept/useKept";
import { conditionsText } from "../matchers/condition";
import { OpenSilence } from "./OpenSilence";
import { COLUMNS, STATES, stateOf } from "./columns";
import { listedConditions } from "./silence";

const LIST_KEY = ["silences"];
const PACE_MS = 15_000;

/** What is not told for a while: now, soon, and in the last days. */
export function SilencesPage({ item }: { item: string | null }) {
  const { location } = useSession();
  const client = useQueryClient();
  const askAgainFor = useAskAgainFor();
  const mayChange = useMay()("documents:write");
  useLocationText();
  const [ending, setEnding] = useState<ListedSilence | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: LIST_KEY,
    queryFn: ({ signal }) => listSilences(signal),
    refetchInterval: PACE_MS,
    staleTime: 0,
  });
  const state = stateOf(location.params.get("state"));
  const open = (to: string): void => location.go(`/alerts/silences${to}`, ["project", "state"]);
  const refresh = useCallback(async () => {
    await Promise.all([client.invalidateQueries({ queryKey: LIST_KEY }), askAgainFor("silence")]);
  }, [client, askAgainFor]);
  const expire = async (): Promise<void> => {
    if (ending === null) return;
    await expireSilence(ending.id);
    await refresh();
    toast("The silence has ended.");
  };
  const create = mayChange ? (
    <Button variant="primary" onClick={() => open("/new")}>
      New silence
    </Button>
  ) : null;
  if (error !== null && data === undefined) return <Problem error={error} retry={() => void refetch()} />;
  const count = (name: string): number => data?.filter((one) => one.status.state === name).length ?? 0;
  return (
    <Section title="Silences" note="alerts they match are not told" actions={data?.length === 0 ? null : create} flush>
      {data === undefined || data.length === 0 ? null : (
        <div className="px-4 pb-3">
          <Segmented
            label="Which silences"
            value={state}
            choices={STATES.map(({ value, label }) => ({
              value,
              label: value === "all" ? label : `${label} ${count(value)}`,
            }))}
            onChange={(value) => location.change({ state: value === "all" ? null : value }, "replace")}
          />
        </div>
      )}
      <DataTable
        label="Silences"
        columns={COLUMNS}
        rows={data?.filter((one) => state === "all" || one.status.state === state)}
        rowKey={(one) => one.id}
        filter="Find a silence"
        onOpen={(one) => open(`/${encodeURIComponent(one.id)}`)}
        isOpen={(one) => one.id === item}
        empty={
          <EmptyState
            icon={BellOff}
            title={data?.length === 0 ? "No silences" : "None of these"}
            action={data?.length === 0 ? create : null}
          >
            A silence keeps alerts from being told, for a planned outage or while somebody works on it.
          </EmptyState>
        }
        {...(mayChange
          ? { actions: (one: ListedSilence) => <RowActions silence={one} end={setEnding} open={open} /> }
          : {})}
      />
      {item === null ? null : <OpenSilence key={item} item={item} close={() => open("")} saved={refresh} />}
      <ConfirmDialog
        open={ending !== null}
        onOpenChange={() => setEnding(null)}
        title="End this silence now?"
        confirm="End silence"
        onConfirm={expire}
      >
        What still fires and matches <code>{ending === null ? "" : conditionsText(listedConditions(ending))}</code> is
        told again.
      </ConfirmDialog>
    </Section>
  );
}

interface ActionsProps {
  silence: ListedSilence;
  end: (silence: ListedSilence) => void;
  open: (to: string) => void;
}

function RowActions({ silence, end, open }: ActionsProps) {
  const { location } = useSession();
  const text = conditionsText(listedConditions(silence));
  if (silence.status.state !== "expired") {
    return (
      <Button small variant="ghost" aria-label={`End now: ${text}`} onClick={() => end(silence)}>
        End now
      </Button>
    );
  }
  const again = (): void => {
    open("/new");
    location.change({ like: silence.id }, "replace");
  };
  return (
    <Button small variant="ghost" aria-label={`Again: ${text}`} onClick={again}>
      Again
    </Button>
  );
}
