/** The state of Explore in the URL. */

export type ResultView = "lines" | "stacked" | "heat" | "table";
export type InspectorTab = "stats" | "plan" | "request" | "raw" | "curl";

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
