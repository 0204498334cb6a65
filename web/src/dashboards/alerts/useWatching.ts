/** The rules that watch what a widget shows, asked for all widgets of a dashboard together. */

import { useQuery } from "@tanstack/react-query";
import { createContext, use, useMemo } from "react";
import type { WatchingBatch } from "../../api/rulesWatching";
import { useMay } from "../../queries/account";
import type { WidgetLimit } from "../../widgets/plugin";
import type { Plan } from "../data/questions";
import { askedOf, limitsOf } from "./watching";

const EVERY_MS = 60_000;
/** A rule that was just saved is there when one comes back to the dashboard. */
const FRESH_MS = 5_000;

/** null: a dashboard that was given away tells nothing of rules. */
const Context = createContext<WatchingBatch | null>(null);

export const WatchingProvider = Context.Provider;

export interface Watching {
  /** Names of the alerts of these rules; null: nobody says. */
  names: ReadonlySet<string> | null;
  limits: readonly WidgetLimit[];
}

const SILENT: Watching = { names: null, limits: [] };
const WAITING: Watching = { names: new Set(), limits: [] };

export function useWatching(plan: Plan, visible: boolean): Watching {
  const batch = use(Context);
  const may = useMay();
  const told = batch !== null && may("metrics:read");
  const asked = useMemo(() => askedOf(plan), [plan]);
  const { data } = useQuery({
    queryKey: ["rules that watch", asked],
    queryFn: () =>
      Promise.all(asked.map(async ({ ref, promql }) => ({ ref, rules: (await batch?.load(promql)) ?? [] }))),
    staleTime: FRESH_MS,
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
    enabled: visible && told,
  });
  return useMemo(() => {
    if (!told) return SILENT;
    if (data === undefined) return WAITING;
    const names = new Set(data.flatMap(({ rules }) => rules.map((one) => one.name)));
    return { names, limits: limitsOf(plan, new Map(data.map(({ ref, rules }) => [ref, rules]))) };
  }, [told, data, plan]);
}
