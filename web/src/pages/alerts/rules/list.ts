/** Rules of all groups as rows, what of them is shown, and where each is edited. Pure. */

import type { DocumentHead } from "../../../api/documents";
import type { LiveGroup, LiveRule, Rule, RuleGroup } from "../../../api/rules";
import { conditionOf, idOf, isAlert, nameOf } from "./rule";
import { queryOf } from "./condition/condition";

/** As often as rules are evaluated whose group does not say, where nothing else is set. */
export const USUAL_MS = 60_000;

export const LIST = "/alerts/rules";

export const editAddress = (document: string, id: string): string =>
  `${LIST}/edit?${new URLSearchParams({ doc: document, rule: id }).toString()}`;

export const SOURCES = ["document", "file", "system"] as const;
export type Source = (typeof SOURCES)[number];
export const STATES = ["firing", "pending", "failing", "inactive", "recording", "waiting", "off"] as const;
export type RowState = (typeof STATES)[number];

export interface Row {
  key: string;
  name: string;
  rule: Rule;
  /** Its place in the group. */
  at: number;
  group: string;
  source: Source;
  /** Id of the document, or where the file is. */
  where: string;
  /** The group as it was written. */
  written: RuleGroup;
  interval_ms: number;
  state: RowState;
  /** What is evaluated; null: it is switched off, or not taken up yet. */
  live: LiveRule | null;
}

/** Rules that come with the server stand in its own folder. */
export const sourceOf = (group: Pick<LiveGroup, "file" | "document">): Source =>
  group.document !== "" ? "document" : /[\\/]packs[\\/]system[\\/]rules[\\/]/.test(group.file) ? "system" : "file";

function stateOf(rule: Rule, group: RuleGroup, live: LiveRule | null): RowState {
  if (rule.enabled === false || group.enabled === false) return "off";
  if (live === null) return "waiting";
  if (live.health === "err") return "failing";
  if (live.type === "recording") return live.health === "unknown" ? "waiting" : "recording";
  return live.state === "firing" || live.state === "pending"
    ? live.state
    : live.health === "ok"
      ? "inactive"
      : "waiting";
}

/** What is evaluated comes in the order in which it is written, without what is switched off. */
function pairs(group: LiveGroup): [Rule, LiveRule | null][] {
  let next = 0;
  return (group.source.rules ?? []).map((rule) => {
    const live = group.rules[next];
    if (live === undefined || live.id !== idOf(rule) || rule.enabled === false) return [rule, null];
    next += 1;
    return [rule, live];
  });
}

export function rowsOf(groups: readonly LiveGroup[]): Row[] {
  return groups.flatMap((group) => {
    const source = sourceOf(group);
    const where = group.document || group.file;
    return pairs(group).map(([rule, live], at): Row => {
      const name = nameOf(rule);
      return {
        key: `${where}/${group.name}/${at}/${idOf(rule)}`,
        name,
        rule,
        at,
        group: group.name,
        source,
        where,
        written: group.source,
        interval_ms: group.interval * 1000,
        state: stateOf(rule, group.source, live),
        live,
      };
    });
  });
}

/** Documents of which nothing is evaluated: empty ones, those switched off, those just made. */
export const idleGroups = (heads: readonly DocumentHead[], groups: readonly LiveGroup[]): DocumentHead[] => {
  const known = new Set(groups.filter((one) => (one.source.rules ?? []).length > 0).map((one) => one.document));
  return heads.filter((one) => !known.has(one.id));
};

export interface Filter {
  text: string;
  state: RowState | null;
  source: Source | null;
  group: string | null;
}

export const NO_FILTER: Filter = { text: "", state: null, source: null, group: null };

export function readFilter(params: URLSearchParams): Filter {
  return {
    text: params.get("text") ?? "",
    state: STATES.find((one) => one === params.get("state")) ?? null,
    source: SOURCES.find((one) => one === params.get("source")) ?? null,
    group: params.get("group") || null,
  };
}

/** Each word has to be found in the name, the group, the query, a label or a tag. */
export function filterRows(rows: readonly Row[], { text, state, source, group }: Filter): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (state !== null && row.state !== state) return false;
    if (source !== null && row.source !== source) return false;
    if (group !== null && row.group !== group) return false;
    if (words.length === 0) return true;
    const { rule, written } = row;
    const labels = Object.entries({ ...written.labels, ...rule.labels }).map(([name, value]) => `${name}=${value}`);
    const about = [rule.severity ?? "", rule.owner ?? "", ...(rule.tags ?? []), ...(written.tags ?? [])];
    const all = [row.name, row.group, queryText(row), ...labels, ...about].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What it asks, in PromQL. */
export const queryText = ({ rule, live }: Row): string => live?.query ?? rule.expr ?? queryOf(conditionOf(rule));

export const typeOf = (rule: Rule): "alert" | "recording" => (isAlert(rule) ? "alert" : "recording");

/** The address of one rule, whatever it comes from; `copy`: of a new one like it. */
export function rowAddress({ source, where, group, rule, at }: Row, copy = false): string {
  const asked = new URLSearchParams({ rule: idOf(rule), at: String(at) });
  if (source === "document") asked.set("doc", where);
  else {
    asked.set("file", where);
    asked.set("group", group);
  }
  return `${LIST}/${copy ? "new" : source === "document" ? "edit" : "view"}?${asked.toString()}`;
}

/** Documents and the rules of each that are meant, for a change of many at once. */
export function byDocument(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.source !== "document") continue;
    const there = found.get(row.where);
    if (there === undefined) found.set(row.where, [row]);
    else there.push(row);
  }
  return found;
}
