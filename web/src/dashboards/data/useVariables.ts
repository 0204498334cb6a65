/** The variables of the open dashboard: asked in their order, chosen in the address, known to everything below. */

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useMemo } from "react";
import type { ApiError } from "../../api/client";
import type { Address } from "../../data/location";
import type { Interval } from "../../data/timeRange";
import { useMoment } from "../../queries/usePlayback";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { useLocationText } from "../../queries/useTime";
import type { Variable } from "../document";
import type { AdhocFilter } from "./adhoc";
import { filterText, parseFilter } from "./adhoc";
import { askValues } from "./ask";
import type { Choice, Option } from "./options";
import { before, chosen, isAsked, offered, valueOf } from "./options";
import { interpolatePromql, interpolateText } from "./interpolate";
import type { Scope, VariableValue } from "./scope";
import { builtins } from "./scope";

export interface VariableState {
  variable: Variable;
  options: readonly Option[];
  choice: Choice;
  value: VariableValue;
  status: "ready" | "loading" | "error";
  error: string | null;
  retry: () => void;
}

export interface Variables {
  scope: Scope;
  filters: readonly AdhocFilter[];
  states: readonly VariableState[];
  /** A variable of the dashboard asks for filters. */
  hasAdhoc: boolean;
  /** A choice; null goes back to what is chosen without one. */
  choose: (name: string, values: readonly string[] | null) => void;
  /** Everything shows only what has this label: by a variable of that label, else by a filter. */
  filterBy: (label: string, value: string) => void;
  setFilters: (filters: readonly AdhocFilter[]) => void;
}

const PREFIX = "var-";
const FILTER = "filter";
const STALE_MS = 60_000;

export const addressOf = (name: string): string => PREFIX + name;

function readFilters(params: URLSearchParams, variables: readonly Variable[]): AdhocFilter[] {
  const adhoc = variables.filter((one) => one.kind === "adhoc");
  const texts = [
    ...adhoc.flatMap((one) => (params.has(PREFIX + one.name) ? params.getAll(PREFIX + one.name) : one.default)),
    ...params.getAll(FILTER),
  ];
  return texts.map(parseFilter).filter((one) => one !== null);
}

interface Found {
  states: readonly VariableState[];
  scope: Scope;
}

interface Asking {
  key: readonly unknown[];
  /** What was asked a little earlier in a recording: shown until the answer is here. */
  before: readonly unknown[] | null;
  kind: "label_values" | "query";
  label: string;
  query: string;
}

interface Known {
  data: string[] | undefined;
  error: string | null;
  retry: () => void;
}

/** Goes through the variables in order: what one asks may speak of those before it. */
function resolve(
  variables: readonly Variable[],
  params: URLSearchParams,
  time: Time,
  window: Interval,
  played: number | null,
  known: (asking: Asking) => Known,
): Found & { asked: Asking[] } {
  const scope = new Map<string, VariableValue>();
  const waiting = new Set<string>();
  const states: VariableState[] = [];
  const asked: Asking[] = [];
  const names = new Map([...builtins(time.step_ms, window)]);
  for (const variable of variables) {
    if (variable.kind === "adhoc") continue;
    const state = { status: "ready", error: null, retry: () => undefined } as Pick<
      VariableState,
      "status" | "error" | "retry"
    >;
    let values: string[] | undefined = [];
    if (isAsked(variable)) {
      const inner = new Map([...names, ...scope]);
      const { text: query, problems } = interpolatePromql(variable.query, inner);
      const [problem] = problems;
      if (problem !== undefined) Object.assign(state, { status: "error", error: problem.message });
      else if (before(variable, variables).some((name) => waiting.has(name))) {
        values = undefined;
      } else {
        const label = interpolateText(variable.of_label, scope);
        const kind = variable.kind === "query" ? "query" : "label_values";
        const keyOf = (round: string): readonly unknown[] => ["variable", kind, label, query, round];
        const live = variable.refresh === "time" ? time.windowKey : "";
        const asking: Asking = {
          key: keyOf(played === null ? live : `at ${played}`),
          before: played === null ? null : keyOf(`at ${played - 1}`),
          kind,
          label,
          query,
        };
        asked.push(asking);
        const { data, error, retry } = known(asking);
        values = error === null ? data : [];
        if (error !== null) Object.assign(state, { status: "error", error, retry });
      }
    }
    if (values === undefined) {
      state.status = "loading";
      waiting.add(variable.name);
    }
    const options = offered(variable, values ?? []);
    const sure = !isAsked(variable) || (values !== undefined && state.error === null);
    const choice = chosen(variable, params.getAll(PREFIX + variable.name), options, sure);
    const value = valueOf(variable, choice, options, time.step_ms, state.status === "loading");
    scope.set(variable.name, value);
    states.push({ variable, options, choice, value, ...state });
  }
  return { states, scope, asked };
}

/** Two variables may ask the same. */
const distinct = (asked: readonly Asking[]): Asking[] => [
  ...new Map(asked.map((one) => [JSON.stringify(one.key), one])).values(),
];

/** The same object for the same values, so that nothing is asked again because somebody looked. */
function useStable<T>(value: T, identity: string): T {
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the identity stands for the value
  return useMemo(() => value, [identity]);
}

/** Values of variables are asked again after this much of a recording. */
const PLAYED_PART_MS = 60_000;

/** Which part of a recording is shown, as a number that rises; null while none is. */
function usePlayedPart({ playback, span_ms }: Time): number | null {
  const moment_ms = useMoment(1000);
  return playback ? Math.floor(moment_ms / Math.max(PLAYED_PART_MS, span_ms / 4)) : null;
}

export function useVariablesOf(variables: readonly Variable[], time: Time): Variables {
  const { location } = useSession();
  const client = useQueryClient();
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a window that moves must not ask again with each look
  const window = useMemo(() => time.window(), [time.windowKey, time.span_ms]);
  const played = usePlayedPart(time);
  const known = ({ key, before: earlier }: Asking): Known => {
    const state = client.getQueryState<string[], ApiError>(key);
    const old = earlier === null ? undefined : client.getQueryState<string[], ApiError>(earlier);
    const failed = state?.status === "error" && state.fetchStatus !== "fetching" ? state.error : null;
    const retry = (): void => void client.refetchQueries({ queryKey: key, exact: true });
    return { data: state?.data ?? old?.data, error: failed?.message ?? null, retry };
  };
  // what was asked for in the last round may make more questions known: each answer renders again
  const { states, scope, asked } = resolve(variables, params, time, window, played, known);
  useQueries({
    queries: distinct(asked).map((asking) => ({
      queryKey: asking.key,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const window = time.window();
        return askValues(asking, window, signal, time.moving && !time.playback ? null : window.end_ms);
      },
      staleTime: STALE_MS,
      retry: false,
    })),
  });
  const filters = readFilters(params, variables);
  return {
    states,
    hasAdhoc: variables.some((one) => one.kind === "adhoc" && one.hide !== "all"),
    scope: useStable(scope, JSON.stringify([...scope])),
    filters: useStable(filters, JSON.stringify(filters)),
    ...useChanges(variables, location, filters),
  };
}

function useChanges(
  variables: readonly Variable[],
  location: Address,
  filters: readonly AdhocFilter[],
): Pick<Variables, "choose" | "filterBy" | "setFilters"> {
  const choose = useCallback(
    (name: string, values: readonly string[] | null) => location.change({ [PREFIX + name]: values }, "push"),
    [location],
  );
  const setFilters = useCallback(
    (next: readonly AdhocFilter[]) => {
      const adhoc = variables.filter((one) => one.kind === "adhoc");
      const [first, ...rest] = adhoc.map((one) => PREFIX + one.name);
      const texts = next.map(filterText);
      const none = Object.fromEntries(rest.map((name) => [name, [""]]));
      location.change(
        first === undefined
          ? { [FILTER]: texts }
          : { ...none, [FILTER]: null, [first]: texts.length > 0 ? texts : [""] },
        "push",
      );
    },
    [location, variables],
  );
  const filterBy = useCallback(
    (label: string, value: string) => {
      const own = variables.find((one) => one.kind === "label_values" && one.of_label === label && one.hide !== "all");
      if (own !== undefined) choose(own.name, [value]);
      else if (!filters.some((one) => one.label === label && one.op === "=" && one.value === value)) {
        setFilters([...filters.filter((one) => one.label !== label || one.op !== "="), { label, op: "=", value }]);
      }
    },
    [variables, choose, filters, setFilters],
  );
  return { choose, filterBy, setFilters };
}

const Context = createContext<Variables | null>(null);

export const VariablesProvider = Context.Provider;

export function useVariables(): Variables {
  const variables = use(Context);
  if (variables === null) throw new Error("useVariables outside of its provider");
  return variables;
}
