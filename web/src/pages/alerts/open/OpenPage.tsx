import { BellOff } from "lucide-react";
import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import { alertAddress } from "../../../data/alertAddress";
import { useMay } from "../../../queries/account";
import { useReadBell } from "../../../queries/bell";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import { Button, EmptyState, Notice } from "../../../ui";
import { Problem } from "../../access/Problem";
import { AcknowledgeDialog } from "./AcknowledgeDialog";
import { AlertGroupCard } from "./AlertGroupCard";
import { AlertTools } from "./AlertTools";
import type { Alert } from "./alerts";
import { countStates, filterAlerts, groupAlerts, openedGroups, readFilter } from "./alerts";
import { ChosenBar } from "./ChosenBar";
import { SilenceDialog } from "./SilenceDialog";
import { useAlerts } from "./useAlerts";
import { STATE_WORDS } from "./words";
import "../alerts.css";

const GROUPS_AT_ONCE = 50;
const ROWS_AT_ONCE = 300;
const NONE: readonly Alert[] = [];

interface Asked {
  what: "acknowledge" | "silence";
  alerts: readonly Alert[];
}

/** What fires and what is about to, in groups; several are acknowledged or silenced at once. */
export function OpenPage() {
  const { location, clock, zone } = useSession();
  const place = useLocationText();
  const shownZone = useSyncExternalStore(zone.watch, zone.read);
  const mayEdit = useMay()("documents:write");
  // who sees what fires has seen what was told of it
  useReadBell();
  const { alerts: found, untold, error, refetch, dataUpdatedAt } = useAlerts();
  const alerts = found ?? NONE;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const [limit, setLimit] = useState(GROUPS_AT_ONCE);
  const filter = useMemo(() => readFilter(new URLSearchParams(place.split("?")[1] ?? "")), [place]);
  const shown = useMemo(() => filterAlerts(alerts, filter), [alerts, filter]);
  const groups = useMemo(() => groupAlerts(shown, filter.by), [shown, filter.by]);
  const opened = openedGroups(groups, ROWS_AT_ONCE);
  // ages move on with each answer
  const now_ms = useMemo(() => (dataUpdatedAt > 0 ? clock.now() : 0), [clock, dataUpdatedAt]);
  const marked = useMemo(() => shown.filter((one) => chosen.has(one.key)), [shown, chosen]);
  const open = useCallback((one: Alert) => location.open(alertAddress(one.labels)), [location]);
  const choose = useCallback((keys: readonly string[], on: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      for (const key of keys) {
        if (on) next.add(key);
        else next.delete(key);
      }
      return next;
    });
  }, []);
  if (error !== null && found === undefined) return <Problem error={error} retry={() => void refetch()} />;
  const close = (): void => setAsked(null);
  const done = (): void => {
    setAsked(null);
    setChosen(new Set());
  };
  const filtered = filter.state !== null || filter.severity !== null || filter.text !== "";
  return (
    <>
      <AlertTools alerts={alerts} filter={filter} change={(change) => location.change(change, "replace")} />
      <p className="sr-only" role="status">
        {found === undefined ? "" : summary(alerts)}
      </p>
      {untold === 0 ? null : (
        <Notice kind="info">
          Very many alerts fire. Who takes care of them is shown for the newest; of {untold} others it is left out.
        </Notice>
      )}
      {marked.length === 0 ? null : (
        <ChosenBar
          chosen={marked}
          acknowledge={(them) => setAsked({ what: "acknowledge", alerts: them })}
          silence={(them) => setAsked({ what: "silence", alerts: them })}
          clear={() => setChosen(new Set())}
        />
      )}
      {found !== undefined && shown.length === 0 ? (
        <Nothing
          filtered={filtered && alerts.length > 0}
          all={() => location.change({ state: null, severity: null, text: null }, "replace")}
        />
      ) : null}
      {groups.slice(0, limit).map((group, at) => (
        <AlertGroupCard
          key={group.value}
          group={group}
          opened={at < opened}
          by={filter.by}
          now_ms={now_ms}
          zone={shownZone}
          chosen={chosen}
          choose={mayEdit ? choose : null}
          open={open}
        />
      ))}
      {groups.length > limit ? (
        <Button className="justify-self-center" onClick={() => setLimit(limit + GROUPS_AT_ONCE)}>
          Show {Math.min(GROUPS_AT_ONCE, groups.length - limit)} more of {groups.length} groups
        </Button>
      ) : null}
      {asked === null ? null : asked.what === "acknowledge" ? (
        <AcknowledgeDialog alerts={asked.alerts} close={close} done={done} />
      ) : (
        <SilenceDialog alerts={asked.alerts} close={close} done={done} />
      )}
    </>
  );
}

/** Read aloud when it changes. */
function summary(alerts: readonly Alert[]): string {
  const counts = countStates(alerts).map(([state, count]) => `${count} ${STATE_WORDS[state].toLowerCase()}`);
  return counts.length === 0 ? "No alerts" : `Alerts: ${counts.join(", ")}`;
}

function Nothing({ filtered, all }: { filtered: boolean; all: () => void }) {
  if (!filtered) {
    return (
      <div className="card">
        <EmptyState icon={BellOff} title="Nothing fires">
          Alerts that are pending or firing are listed here as soon as a rule finds them.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="card">
      <EmptyState
        title="No alert matches"
        action={
          <Button small onClick={all}>
            Show all
          </Button>
        }
      >
        Others are open.
      </EmptyState>
    </div>
  );
}
