/** The state of Explore in the URL. */

import type { InspectorTab } from "../../dashboards/inspector/Inspection";

export type ResultView = "lines" | "stacked" | "heat" | "table";

export interface ExploreState {
  queries: readonly string[];
  /** Letters of queries that are not drawn. */
  hidden: readonly string[];
  view: ResultView;
  tab: InspectorTab;
}

const VIEWS: readonly ResultView[] = ["lines", "stacked", "heat", "table"];
const TABS: readonly InspectorTab[] = ["stats", "plan", "request", "raw", "curl"];
export const MAX_QUERIES = 10;

export function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

export function readState(params: URLSearchParams): ExploreState {
  const queries = params.getAll("q").slice(0, MAX_QUERIES);
  return {
    queries: queries.length === 0 ? [""] : queries,
    hidden: (params.get("hide") ?? "").split("").filter((one) => /[A-J]/.test(one)),
    view: VIEWS.find((one) => one === params.get("view")) ?? "lines",
    tab: TABS.find((one) => one === params.get("tab")) ?? "stats",
  };
}

/** Parameters to write; defaults are left out. */
export function writeState(state: Partial<ExploreState>): Record<string, string | readonly string[] | null> {
  const { queries, hidden, view, tab } = state;
  return {
    ...(queries === undefined ? {} : { q: queries.every((one) => one === "") ? null : queries }),
    ...(hidden === undefined ? {} : { hide: hidden.length === 0 ? null : hidden.join("") }),
    ...(view === undefined ? {} : { view: view === "lines" ? null : view }),
    ...(tab === undefined ? {} : { tab: tab === "stats" ? null : tab }),
  };
}

/** Hidden letters after the query at `index` was removed: those behind it move up. */
export function hiddenWithout(hidden: readonly string[], index: number): string[] {
  return hidden
    .map((one) => one.charCodeAt(0) - 65)
    .filter((at) => at !== index)
    .map((at) => letter(at > index ? at - 1 : at));
}

export const RIGHT = "right.";

/** Parameters that both panes of a split view have in common: the pace always, the range while they are linked. */
export function sharedParams(params: URLSearchParams): readonly string[] {
  return params.get("link") === "0" ? ["live", "refresh"] : ["live", "refresh", "from", "to"];
}

type Changes = Record<string, string | readonly string[] | null>;

/** Opens a second pane that begins with the same question. */
export function splitOpened({ queries, view }: ExploreState): Changes {
  const right = Object.entries(writeState({ queries, view }));
  return { split: "1", ...Object.fromEntries(right.map(([name, value]) => [RIGHT + name, value])) };
}

/** Closes the second pane and forgets what it asked. */
export function splitClosed(params: URLSearchParams): Changes {
  const own = [...params.keys()].filter((name) => name.startsWith(RIGHT));
  return Object.fromEntries(["split", "link", ...own].map((name) => [name, null]));
}

/** The second pane takes the range of the first along, or gives its own up. */
export function linkToggled(params: URLSearchParams): Changes {
  if (params.get("link") === "0") return { link: null, [`${RIGHT}from`]: null, [`${RIGHT}to`]: null };
  return { link: "0", [`${RIGHT}from`]: params.get("from"), [`${RIGHT}to`]: params.get("to") };
}
