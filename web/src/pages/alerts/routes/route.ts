/** A tree of routes as it is shown and edited. Pure. */

import type { Route } from "../../../api/routing";
import { promDuration } from "../../../data/duration";
import { conditionProblem, conditionsOf } from "../matchers/condition";

/** Where a node is: its number among the routes of the node above, from the root down; empty: the root. */
export type Path = readonly number[];

/** Stands for all labels. */
export const BY_ALL = "...";
const textsOf = (said: unknown): string[] =>
  Array.isArray(said) ? said.filter((one): one is string => typeof one === "string") : [];

/** What a document says; it is read, not trusted. */
export function routeOf(spec: unknown): Route {
  if (typeof spec !== "object" || spec === null) return {};
  const said = spec as Route;
  return {
    ...said,
    matchers: conditionsOf(said.matchers),
    mute_timings: textsOf(said.mute_timings),
    active_timings: textsOf(said.active_timings),
    routes: Array.isArray(said.routes) ? said.routes.map(routeOf) : [],
  };
}

/** What is sent: without what is empty or inherited. */
export function specOf(route: Route, isRoot = true): Record<string, unknown> {
  const { matchers = [], mute_timings = [], active_timings = [], routes = [], receiver = "" } = route;
  const own = Object.entries({
    receiver: receiver === "" ? undefined : receiver,
    matchers: isRoot || matchers.length === 0 ? undefined : matchers,
    group_by: route.group_by ?? undefined,
    group_wait_ms: route.group_wait_ms ?? undefined,
    group_interval_ms: route.group_interval_ms ?? undefined,
    repeat_interval_ms: route.repeat_interval_ms ?? undefined,
    mute_timings: mute_timings.length === 0 ? undefined : mute_timings,
    active_timings: active_timings.length === 0 ? undefined : active_timings,
    escalation: route.escalation ?? undefined,
    continue: route.continue === true && !isRoot ? true : undefined,
    routes: routes.length === 0 ? undefined : routes.map((one) => specOf(one, false)),
  });
  return Object.fromEntries(own.filter(([, value]) => value !== undefined));
}

const childrenOf = (route: Route): readonly Route[] => route.routes ?? [];

export function nodeAt(tree: Route, path: Path): Route | null {
  let node: Route | undefined = tree;
  for (const at of path) node = node === undefined ? undefined : childrenOf(node)[at];
  return node ?? null;
}

/** The tree with the routes of one node changed. */
function withChildren(tree: Route, path: Path, change: (routes: readonly Route[]) => readonly Route[]): Route {
  const [at, ...below] = path;
  if (at === undefined) return { ...tree, routes: change(childrenOf(tree)) };
  return {
    ...tree,
    routes: childrenOf(tree).map((one, index) => (index === at ? withChildren(one, below, change) : one)),
  };
}

/** Another node in its place, with what is below it. */
export function replaced(tree: Route, path: Path, node: Route): Route {
  const last = path.at(-1);
  if (last === undefined) return { ...node, routes: childrenOf(tree) };
  return withChildren(tree, path.slice(0, -1), (routes) =>
    routes.map((one, index) => (index === last ? { ...node, routes: childrenOf(one) } : one)),
  );
}

/** A node more, the last below another. */
export const added = (tree: Route, above: Path, node: Route): Route =>
  withChildren(tree, above, (routes) => [...routes, node]);

/** Without a node and all that is below it; the root stays. */
export function removed(tree: Route, path: Path): Route {
  const last = path.at(-1);
  if (last === undefined) return tree;
  return withChildren(tree, path.slice(0, -1), (routes) => routes.filter((_, index) => index !== last));
}

/** A node earlier or later among its neighbours, which are asked in this order. */
export function moved(tree: Route, path: Path, by: -1 | 1): Route {
  const last = path.at(-1);
  if (last === undefined) return tree;
  return withChildren(tree, path.slice(0, -1), (routes) => {
    const next = [...routes];
    const [node] = next.splice(last, 1);
    if (node !== undefined) next.splice(Math.max(0, last + by), 0, node);
    return next;
  });
}

/** As the server names places: `routes[0].routes[2]`. */
export const placeOf = (path: Path): string => path.map((at) => `routes[${at}]`).join(".");

/** "2.1" of `routes[1].routes[0]`, as people count; empty: the root. */
export const numberOf = (place: string): string =>
  [...place.matchAll(/\[(\d+)\]/g)].map(([, at]) => Number(at) + 1).join(".");

/** The receivers that a tree names. */
export function receiversOf(spec: unknown): string[] {
  const route = routeOf(spec);
  const own = route.receiver === undefined || route.receiver === "" ? [] : [route.receiver];
  return [...own, ...childrenOf(route).flatMap(receiversOf)];
}

export const countOf = (route: Route): number => childrenOf(route).reduce((sum, one) => sum + countOf(one), 1);

/** What holds at a node where it says nothing itself. */
export interface Inherited {
  receiver: string;
  group_by: readonly string[];
  group_wait_ms: number;
  group_interval_ms: number;
  repeat_interval_ms: number;
  escalation: string;
}

const NOTHING_SAID: Inherited = {
  receiver: "",
  group_by: ["alertname"],
  group_wait_ms: 500,
  group_interval_ms: 60_000,
  repeat_interval_ms: 4 * 3_600_000,
  escalation: "",
};

/** What the nodes above one say together. */
export function inheritedAt(tree: Route, path: Path): Inherited {
  let found = NOTHING_SAID;
  for (let depth = 0; depth < path.length; depth += 1) {
    const node = nodeAt(tree, path.slice(0, depth));
    if (node === null) break;
    found = {
      receiver: node.receiver || found.receiver,
      group_by: node.group_by ?? found.group_by,
      group_wait_ms: node.group_wait_ms ?? found.group_wait_ms,
      group_interval_ms: node.group_interval_ms ?? found.group_interval_ms,
      repeat_interval_ms: node.repeat_interval_ms ?? found.repeat_interval_ms,
      escalation: node.escalation ?? found.escalation,
    };
  }
  return found;
}

const namedWords = (word: string, names: readonly string[] = []): string | null =>
  names.length === 0 ? null : `${word}: ${names.join(", ")}`;

/** What a node says of its own about groups and times, in a few words each. */
export function ownWords(route: Route): string[] {
  const { group_by, group_wait_ms, group_interval_ms, repeat_interval_ms, escalation } = route;
  const words: (string | null)[] = [
    group_by === undefined || group_by === null ? null : `groups by ${groupWords(group_by)}`,
    typeof group_wait_ms === "number" ? `waits ${promDuration(group_wait_ms)}` : null,
    typeof group_interval_ms === "number" ? `tells changes after ${promDuration(group_interval_ms)}` : null,
    typeof repeat_interval_ms === "number" ? `repeats after ${promDuration(repeat_interval_ms)}` : null,
    namedWords("quiet", route.mute_timings),
    namedWords("speaks only", route.active_timings),
    typeof escalation === "string" ? (escalation === "" ? "no escalation" : `escalates by ${escalation}`) : null,
    route.continue === true ? "routes after it are asked, too" : null,
  ];
  return words.filter((one) => one !== null);
}

export const groupWords = (labels: readonly string[]): string =>
  labels.includes(BY_ALL) ? "all labels" : labels.length === 0 ? "nothing, one group" : labels.join(", ");

/** Why a node cannot stand like this, as far as the page can tell; null: it can. */
export function nodeProblem(route: Route, isRoot: boolean): string | null {
  const { matchers = [], receiver = "", group_by, group_wait_ms, group_interval_ms, repeat_interval_ms } = route;
  if (isRoot && receiver === "") return "The root needs a contact point.";
  if (!isRoot && matchers.length === 0) return "Without a condition it takes every alert: say which ones.";
  const wrong = conditionProblem(matchers);
  if (wrong !== null) return wrong;
  if (group_by?.some((label) => label.trim() === "") === true) return "A label to group by has no name.";
  if ([group_wait_ms, group_interval_ms, repeat_interval_ms].some((one) => typeof one === "number" && isNaN(one)))
    return "Times are written as 30s, 5m or 4h.";
  return null;
}

/** The mute timings that a tree names. */
export function timingsIn(spec: unknown): string[] {
  const { mute_timings = [], active_timings = [], routes = [] } = routeOf(spec);
  return [...mute_timings, ...active_timings, ...routes.flatMap(timingsIn)];
}

/** Names apart by commas. */
export const namesOf = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
