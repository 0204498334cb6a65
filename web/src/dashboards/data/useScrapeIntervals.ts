/** The scrape intervals behind the questions of a widget, asked once for each selector. */

import type { QueryClient } from "@tanstack/react-query";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { instant } from "../../api/client";
import type { Time } from "../../queries/useTime";
import type { Query } from "../document";
import type { AdhocFilter } from "./adhoc";
import { intervalQuestion, meantInterval, rateSelector } from "./scrapeInterval";
import type { Scope } from "./scope";
import { builtins, joined } from "./scope";

/** Milliseconds; null while it is asked, undefined where nothing is known. */
export type ScrapeOf = (selector: string) => number | null | undefined;

/** Once it is known it hardly changes. */
const FRESH_MS = 300_000;
/** What is only just being written shows its pace a little later. */
const UNKNOWN_FRESH_MS = 15_000;
const KEY = "scrape interval";

/** The moment it is asked about: the end of a fixed range, else now. */
const aimOf = (time: Pick<Time, "moving" | "windowKey" | "playback">): string =>
  time.moving && !time.playback ? "" : time.windowKey;

async function ask(selector: string, end_ms: number | null, signal: AbortSignal): Promise<number | null> {
  const [found] = await instant(intervalQuestion(selector), signal, end_ms);
  return found === undefined ? null : meantInterval(Number(found.value[1]));
}

export function useScrapeIntervals(
  queries: readonly Query[],
  time: Time,
  scope: Scope,
  filters: readonly AdhocFilter[],
): ScrapeOf {
  const { windowKey, span_ms, step_ms } = time;
  const selectors = useMemo(
    () => {
      const names = joined(scope, builtins(step_ms, time.window()));
      const found = queries.map((query) => rateSelector(query, names, filters));
      return [...new Set(found.filter((one) => one !== null))];
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- of the time, the window's key and length decide
    [queries, scope, filters, windowKey, span_ms, step_ms],
  );
  const aim = aimOf(time);
  const known = useQueries({
    queries: selectors.map((selector) => ({
      queryKey: [KEY, selector, aim],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(selector, aim === "" ? null : time.window().end_ms, signal),
      staleTime: (query: { state: { data: number | null | undefined } }) =>
        query.state.data === null ? UNKNOWN_FRESH_MS : FRESH_MS,
      retry: false,
    })),
    combine: (results) => results.map(({ data, isPending }) => (isPending ? "asked" : (data ?? "unknown"))),
  });
  return useMemo(() => {
    const intervals = new Map(selectors.map((selector, at) => [selector, known[at]]));
    return (selector) => {
      const interval = intervals.get(selector);
      return interval === "asked" ? null : typeof interval === "number" ? interval : undefined;
    };
  }, [selectors, known]);
}

/** What was found before, for questions that are asked somewhere else. */
export const knownIntervals =
  (client: QueryClient, time: Time): ScrapeOf =>
  (selector) =>
    client.getQueryData<number | null>([KEY, selector, aimOf(time)]) ?? undefined;

/** Rounds of asking: an interval may change the step, and with it the selector that is meant. */
const MOST_ROUNDS = 3;

/** What `make` makes once every interval that it asks for is known, or cannot be. */
export async function learnIntervals<T>(client: QueryClient, time: Time, make: (scrapeOf: ScrapeOf) => T): Promise<T> {
  const aim = aimOf(time);
  const known = new Map<string, number | undefined>();
  for (let round = 1; ; round += 1) {
    const missing = new Set<string>();
    const made = make((selector) => {
      if (!known.has(selector)) missing.add(selector);
      return known.get(selector);
    });
    if (missing.size === 0 || round > MOST_ROUNDS) return made;
    await Promise.all(
      [...missing].map(async (selector) => {
        const found = await client
          .query({
            queryKey: [KEY, selector, aim],
            queryFn: ({ signal }) => ask(selector, aim === "" ? null : time.window().end_ms, signal),
            staleTime: FRESH_MS,
            retry: false,
          })
          // without it the step decides alone, as it does in the widget
          .catch(() => null);
        known.set(selector, found ?? undefined);
      }),
    );
  }
}
