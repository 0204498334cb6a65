/** Addresses of a dashboard as it is shown: with its time and variables, so that others see the same. Pure. */

import type { Interval, TimeRange } from "../../data/timeRange";
import { scopeParams } from "../data/links";
import type { Scope } from "../data/scope";

export interface Linking {
  origin: string;
  /** `/d/<id>`. */
  path: string;
  /** The parameters of the address now. */
  params: URLSearchParams;
  scope: Scope;
  range: TimeRange;
  window: Interval;
  project: string;
}

export interface LinkChoices {
  /** The moments that are shown now instead of what the range says. */
  lockTime: boolean;
  variables: boolean;
  /** Without navigation and header. */
  kiosk: boolean;
}

/** Parameters that say which part of the dashboard is shown. */
const VIEW = ["panel", "tab", "tz"] as const;

export function dashboardLink(linking: Linking, { lockTime, variables, kiosk }: LinkChoices): string {
  const { origin, path, params, scope, range, window, project } = linking;
  const kept = new URLSearchParams();
  if (project !== "") kept.set("project", project);
  kept.set("from", lockTime ? String(Math.round(window.start_ms)) : range.from);
  kept.set("to", lockTime ? String(Math.round(window.end_ms)) : range.to);
  if (variables) for (const [name, value] of scopeParams(scope, params)) kept.append(name, value);
  for (const name of VIEW) {
    const value = params.get(name);
    if (value !== null) kept.set(name, value);
  }
  const rest = kept.toString() + (kiosk ? "&kiosk" : "");
  return `${origin}${path}?${rest}`;
}

/** The page that a token opens, by itself or in a frame of another page. */
export const publicLink = (origin: string, token: string): string => `${origin}/public#${token}`;

export function embedCode(origin: string, token: string, title: string): string {
  const name = title.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  return `<iframe src="${origin}/embed#${token}" title="${name}" width="100%" height="480" loading="lazy"></iframe>`;
}
