/** Links of values as addresses: with what the value is about, the time and the variables. Only addresses that are safe. */

import type { Labels } from "../../data/labels";
import type { WidgetLink } from "../../widgets/plugin";
import type { Link } from "../document";
import { interpolateText, interpolateUrl } from "./interpolate";
import { ALL } from "./options";
import type { Scope } from "./scope";
import { constant } from "./scope";

export interface LinkContext {
  scope: Scope;
  /** As they stand in the address now. */
  from: string;
  to: string;
  /** Parameters of variables and filters in the address now. */
  params: URLSearchParams;
}

export interface LinkValue {
  name: string;
  labels: Labels;
  value: number | null;
  time_ms: number | null;
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const BASE = "http://this.page";

/** An address of this page, of the web or of a mail program; anything else, such as a script, is none. */
export function safeHref(href: string): string | null {
  // browsers drop control characters and leading blanks before they look for the scheme
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = href.replace(/[\u0000-\u0020\u007f]/g, "");
  if (plain === "" || plain.startsWith("//") || /^[/\\]{2}/.test(plain)) return null;
  if (!SCHEME.test(plain)) return plain.startsWith("/") && !plain.includes("\\") ? href.trim() : null;
  return /^(?:https?|mailto):/i.test(plain) ? href.trim() : null;
}

/** Why a link leads nowhere, or null. */
export function linkProblem({ url, dashboard }: Link): string | null {
  if (url === "" && dashboard === "") return null;
  if (dashboard !== "") return null;
  return safeHref(url.replace(/\$\{[^}]*\}|\$\w+/g, "x")) === null ? "Begin with / or https://." : null;
}

function carried(link: Link, { from, to, params }: LinkContext): URLSearchParams {
  const kept = new URLSearchParams();
  if (link.keeps_time) {
    kept.set("from", from);
    kept.set("to", to);
  }
  if (link.keeps_variables) {
    for (const [name, value] of params) if (name.startsWith("var-") || name === "filter") kept.append(name, value);
  }
  return kept;
}

function namesOf({ name, labels, value, time_ms }: LinkValue, { from, to }: LinkContext): Scope {
  return new Map([
    ["__value", constant(value === null ? "" : String(value))],
    ["__time", constant(time_ms === null ? "" : String(Math.round(time_ms)))],
    ["__series", constant(name)],
    ["__from", constant(from)],
    ["__to", constant(to)],
    ...Object.entries(labels).map(([label, one]) => [`__labels.${label}`, constant(one)] as const),
  ]);
}

export function resolveLink(link: Link, value: LinkValue, context: LinkContext): WidgetLink | null {
  const scope = new Map([...context.scope, ...namesOf(value, context)]);
  const template = link.dashboard === "" ? link.url : `/d/${encodeURIComponent(link.dashboard)}`;
  const filled = safeHref(interpolateUrl(template, scope));
  if (filled === null) return null;
  const own = !SCHEME.test(filled);
  const href = own ? withParams(filled, carried(link, context)) : filled;
  const title = interpolateText(link.title, scope);
  return { title: title === "" ? href : title, href, newTab: link.new_tab };
}

/** What the address says itself wins. */
function withParams(address: string, added: URLSearchParams): string {
  const url = new URL(address, BASE);
  const own = new Set(url.searchParams.keys());
  for (const [name, value] of added) if (!own.has(name)) url.searchParams.append(name, value);
  return url.pathname + url.search + url.hash;
}

/** The chosen values as parameters, also those that are defaults, so that a link means the same elsewhere. */
export function scopeParams(scope: Scope, params: URLSearchParams): URLSearchParams {
  const all = new URLSearchParams();
  for (const [name, { values, all: everything }] of scope) {
    if (name.startsWith("__")) continue;
    for (const value of everything ? [ALL] : values) all.append(`var-${name}`, value);
  }
  for (const [name, value] of params)
    if (!all.has(name) && (name.startsWith("var-") || name === "filter")) all.append(name, value);
  return all;
}
