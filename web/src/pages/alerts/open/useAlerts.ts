/** The alerts of the project as they are now, asked for again every few seconds. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { openAlerts, toldAlerts } from "../../../api/alerts";
import type { Alert } from "./alerts";
import { joinAlerts } from "./alerts";

const EVERY_MS = 5000;
/** A server with very many alerts is given this many times as long to rest as it took to answer. */
const REST = 10;
const KEY = ["open alerts"];

interface Found {
  alerts: readonly Alert[];
  /** Of how many that fire it is not known who takes care: the server tells that of the newest only. */
  untold: number;
  took_ms: number;
}

async function ask(signal: AbortSignal): Promise<Found> {
  const began = performance.now();
  const [open, told] = await Promise.all([openAlerts(signal), toldAlerts(signal)]);
  const untold = told.total - told.alerts.length;
  return { alerts: joinAlerts(open, told.alerts), untold, took_ms: performance.now() - began };
}

/** Pending and firing ones, those that began last first. */
export function useAlerts() {
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: ({ state }) => Math.max(EVERY_MS, (state.data?.took_ms ?? 0) * REST),
    staleTime: 0,
    // 100,000 alerts are not compared one by one
    structuralSharing: false,
  });
  const { data, error, refetch, dataUpdatedAt } = query;
  return { alerts: data?.alerts, untold: data?.untold ?? 0, error, refetch, dataUpdatedAt };
}

/** Asks at once, after somebody did something about them. */
export function useRefreshAlerts(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: KEY }), [client]);
}
