/** One alert, named by its labels: what it is now, its rule, its past, and who was told. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { notificationsOf, periodsOf, rulesNamed, toldWithin } from "../../../api/alerts";
import type { AlertRule, LogEntry, Told } from "../../../api/alerts";
import type { Labels } from "../../../data/labels";
import { identity } from "../../../data/labels";
import { useMay } from "../../../queries/account";
import type { Alert } from "../open/alerts";
import { useAlerts } from "../open/useAlerts";
import type { Incident, Taken } from "./story";
import { incidentAt, incidentsOf, periodsOf as ownPeriods, takenOf } from "./story";

const EVERY_MS = 5000;
const NO_LOG: readonly LogEntry[] = [];

export interface AlertRecord {
  /** null: it is not open. */
  alert: Alert | null;
  rule: AlertRule | null;
  incidents: readonly Incident[];
  incident: Incident | null;
  log: readonly LogEntry[];
  taken: readonly Taken[];
  annotations: Labels;
  /** Something is still being asked. */
  loading: boolean;
  error: Error | null;
  retry: () => void;
}

/** An alert that no series tells of, because another server sent it. */
const asSent = (alert: Alert): Incident => ({
  start_ms: alert.since_ms,
  fired_ms: alert.since_ms,
  end_ms: null,
  told_ms: Infinity,
  periods: [],
});

export function useAlert(labels: Labels, began_ms: number | null): AlertRecord {
  const may = useMay();
  const { alerts, error, refetch } = useAlerts();
  const key = identity(labels);
  const alert = useMemo(() => alerts?.find((one) => one.key === key) ?? null, [alerts, key]);
  const name = labels["alertname"] ?? "";
  const rules = useQuery({ queryKey: ["rules named", name], queryFn: ({ signal }) => rulesNamed(name, signal) });
  const history = useQuery({
    queryKey: ["periods of", key],
    queryFn: ({ signal }) => periodsOf(labels, signal),
    refetchInterval: EVERY_MS,
  });
  const groups = alert?.told?.groups ?? [];
  const log = useQuery({
    queryKey: ["told of", groups],
    queryFn: async ({ signal }) => (await Promise.all(groups.map((one) => notificationsOf(one, signal)))).flat(),
    enabled: groups.length > 0 && may("status:read"),
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  });
  const incidents = useMemo(() => {
    const found = incidentsOf(ownPeriods(labels, history.data ?? []));
    return found.length === 0 && alert !== null ? [asSent(alert)] : found;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the labels
  }, [key, history.data, alert]);
  const incident = incidentAt(incidents, began_ms);
  const past = usePast(labels, incident);
  const { told = null } = alert ?? {};
  const rule = rules.data?.find((one) => one.key === alert?.rule) ?? rules.data?.[0] ?? null;
  const failed = history.error ?? (alerts === undefined ? error : null);
  return {
    alert,
    rule,
    incidents,
    incident,
    log: past?.map((one) => one.entry) ?? log.data ?? NO_LOG,
    taken:
      past !== undefined
        ? takenOf(past)
        : told === null || told.acked_by === ""
          ? []
          : [{ by: told.acked_by, note: told.ack_note, time_ms: told.acked_ms }],
    annotations: incident?.end_ms === null ? (alert?.annotations ?? {}) : saidThen(key, past ?? []),
    loading: alerts === undefined || history.data === undefined || rules.isPending,
    error: failed,
    retry: () => void Promise.all([refetch(), history.refetch()]),
  };
}

/** What was told of an event that is over. */
function usePast(labels: Labels, incident: Incident | null): readonly Told[] | undefined {
  const may = useMay();
  const { start_ms = 0, end_ms = null, told_ms = 0 } = incident ?? {};
  const { data } = useQuery({
    queryKey: ["told then", identity(labels), start_ms, told_ms],
    queryFn: ({ signal }) => toldWithin(labels, { start_ms, end_ms: told_ms }, signal),
    enabled: end_ms !== null && may("status:read"),
  });
  return end_ms === null ? undefined : data;
}

/** What the newest notification said about it. */
function saidThen(key: string, told: readonly Told[]): Labels {
  const all = told.flatMap(({ notification }) => notification.alerts);
  return all.find((one) => identity(one.labels) === key)?.annotations ?? {};
}
