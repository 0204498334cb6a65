import { BellOff, Check, Undo2 } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { unacknowledge } from "../../../api/alerts";
import { BEGAN } from "../../../data/alertAddress";
import { formatDuration } from "../../../data/duration";
import type { Labels } from "../../../data/labels";
import { identity } from "../../../data/labels";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import { Badge, Button, EmptyState, PageBody, PageHeader, toast, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { AcknowledgeDialog } from "../open/AcknowledgeDialog";
import type { Alert } from "../open/alerts";
import { isAcknowledgeable, readLabels } from "../open/alerts";
import { SilenceDialog } from "../open/SilenceDialog";
import { useRefreshAlerts } from "../open/useAlerts";
import { STATE_MARKS, STATE_WORDS } from "../open/words";
import { AlertEvent } from "./AlertEvent";
import { useAlert } from "./useAlert";
import "../alerts.css";

/** One alert, named by its labels in the address. */
export default function AlertPage() {
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const text = params.get("labels");
  const labels = useMemo(() => readLabels(text), [text]);
  const began = Number(params.get(BEGAN) ?? NaN);
  if (labels === null) {
    return (
      <>
        <PageHeader title="Alert" />
        <PageBody>
          <div className="card">
            <EmptyState title="This address names no alert">Open one from the list of alerts.</EmptyState>
          </div>
        </PageBody>
      </>
    );
  }
  return <Named key={identity(labels)} labels={labels} began_ms={Number.isNaN(began) ? null : began} />;
}

function Named({ labels, began_ms }: { labels: Labels; began_ms: number | null }) {
  const { location } = useSession();
  const record = useAlert(labels, began_ms);
  const { alert, incident, loading, error, retry } = record;
  return (
    <>
      <PageHeader
        title={labels["alertname"] ?? "Alert"}
        crumbs={[{ label: "Alerts", href: "/alerts", go: () => location.open("/alerts") }]}
        status={<State alert={alert} known={!loading} />}
      >
        <Deeds alert={alert} labels={labels} />
      </PageHeader>
      <PageBody>
        {error !== null ? (
          <Problem error={error} retry={retry} />
        ) : loading ? (
          <div className="loadbar" aria-hidden="true" />
        ) : incident === null ? (
          <div className="card">
            <EmptyState title="Nothing is known of this alert">It never fired, or that is too long ago.</EmptyState>
          </div>
        ) : (
          <AlertEvent key={incident.start_ms} labels={labels} record={record} incident={incident} />
        )}
      </PageBody>
    </>
  );
}

function State({ alert, known }: { alert: Alert | null; known: boolean }) {
  const { clock } = useSession();
  const age = alert === null ? "" : formatDuration(Math.max(0, clock.now() - alert.since_ms));
  return (
    <span role="status" className="num">
      {alert !== null ? (
        <Badge status={STATE_MARKS[alert.state]}>
          {STATE_WORDS[alert.state]} {age}
        </Badge>
      ) : known ? (
        <Badge status="ok">Over</Badge>
      ) : null}
    </span>
  );
}

/** Take care, take that back, tell nobody. */
function Deeds({ alert, labels }: { alert: Alert | null; labels: Labels }) {
  const may = useMay();
  const refresh = useRefreshAlerts();
  const [asked, setAsked] = useState<"acknowledge" | "silence" | null>(null);
  const fingerprint = alert?.told?.fingerprint ?? "";
  const takeBack = useCallback(async () => {
    await unacknowledge(fingerprint);
    await refresh();
  }, [fingerprint, refresh]);
  const { run, busy } = useAction(takeBack);
  if (!may("documents:write")) return null;
  const close = (): void => setAsked(null);
  const back = async (): Promise<void> => {
    if (!(await run())) toast({ text: "It could not be taken back.", status: "crit" });
  };
  return (
    <>
      {alert !== null && (alert.told?.acked_by ?? "") !== "" ? (
        <Button icon={Undo2} busy={busy} onClick={() => void back()}>
          Take back
        </Button>
      ) : null}
      <Button icon={BellOff} onClick={() => setAsked("silence")}>
        Silence
      </Button>
      {alert !== null && isAcknowledgeable(alert) ? (
        <Button icon={Check} variant="primary" onClick={() => setAsked("acknowledge")}>
          Acknowledge
        </Button>
      ) : null}
      {asked === "acknowledge" && alert !== null ? (
        <AcknowledgeDialog alerts={[alert]} close={close} done={close} />
      ) : asked === "silence" ? (
        <SilenceDialog alerts={[{ name: labels["alertname"] ?? "", labels }]} close={close} done={close} />
      ) : null}
    </>
  );
}
