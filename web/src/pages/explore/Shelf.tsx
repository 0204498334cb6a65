import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import type { Metadata } from "../../api/client";
import { metadata, metricNames } from "../../api/client";
import { fuzzy } from "../../data/commands";
import { formatCount } from "../../data/format";
import { useSession } from "../../queries/session";
import { TabStrip } from "../../ui/TabStrip";

type ShelfTab = "history" | "metrics";

const SHOWN = 100;
const EMPTY_RETRY_MS = 2000;

/** What was asked before, and what there is to ask about. */
export function Shelf({ put }: { put: (promql: string) => void }) {
  const [tab, setTab] = useState<ShelfTab>("metrics");
  const { history } = useSession();
  const recent = useSyncExternalStore(history.watch, history.read);
  const names = useQuery({
    queryKey: ["metric names"],
    queryFn: ({ signal }) => metricNames(signal),
    // a server that just began has nothing yet, and soon has
    refetchInterval: ({ state }) => (state.data?.length === 0 ? EMPTY_RETRY_MS : false),
  });
  const count = names.data?.length;
  return (
    <div>
      <TabStrip<ShelfTab>
        label="History and metrics"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: "metrics",
            label: "Metrics",
            ...(count === undefined ? {} : { note: formatCount(count) }),
            content: <Metrics names={names.data ?? []} loading={names.isPending} put={put} />,
          },
          { value: "history", label: "History", content: <History recent={recent} put={put} /> },
        ]}
      />
    </div>
  );
}

function History({ recent, put }: { recent: readonly string[]; put: (promql: string) => void }) {
  if (recent.length === 0)
    return <p className="muted py-3 text-[length:var(--fs-xs)]">Queries that you run are listed here.</p>;
  return (
    <ul>
      {recent.map((promql) => (
        <li key={promql}>
          <button type="button" className="list-row" title={promql} onClick={() => put(promql)}>
            <span className="mono truncate">{promql}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const TYPE_LETTERS: Record<string, string> = { counter: "C", gauge: "G", histogram: "H", summary: "S", info: "I" };

/** A counter is rarely asked for bare. */
function question(name: string, type: string): string {
  return type === "counter" ? `rate(${name}[1m])` : name;
}

interface MetricsProps {
  names: readonly string[];
  loading: boolean;
  put: (promql: string) => void;
}

function Metrics({ names, loading, put }: MetricsProps) {
  const [wish, setWish] = useState("");
  const known = useQuery({ queryKey: ["metadata"], queryFn: ({ signal }) => metadata(signal) });
  const found = names.filter((name) => fuzzy(wish, `${name} ${known.data?.[name]?.[0]?.help ?? ""}`));
  return (
    <>
      <input
        className="input my-2"
        type="search"
        placeholder="Search names and descriptions"
        aria-label="Search metrics"
        value={wish}
        onChange={(event) => setWish(event.target.value)}
      />
      <ul>
        {found.slice(0, SHOWN).map((name) => (
          <MetricRow key={name} name={name} about={known.data?.[name]?.[0]} put={put} />
        ))}
      </ul>
      {found.length > SHOWN ? (
        <p className="muted py-2 text-[length:var(--fs-xs)]">
          {formatCount(found.length - SHOWN)} more: search to narrow
        </p>
      ) : null}
      {found.length === 0 ? (
        <p className="muted py-2 text-[length:var(--fs-xs)]">{loading ? "Loading" : "No metric matches"}</p>
      ) : null}
    </>
  );
}

interface RowProps {
  name: string;
  about: Metadata | undefined;
  put: (promql: string) => void;
}

function MetricRow({ name, about, put }: RowProps) {
  const type = about?.type ?? "unknown";
  return (
    <li>
      <button type="button" className="list-row" title={about?.help} onClick={() => put(question(name, type))}>
        <span className="tag w-5 flex-none justify-center px-0!" title={type} aria-hidden="true">
          {TYPE_LETTERS[type] ?? "?"}
        </span>
        <span className="mono max-w-[60%] flex-none truncate">{name}</span>
        <span className="muted truncate">{about?.help}</span>
      </button>
    </li>
  );
}
