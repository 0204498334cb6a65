/** Who is who and who may what: users, roles, projects, keys, sessions, the audit log, privacy rules. */

import { getJson, keepToken, request } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type WhoAmI = Schemas["WhoAmI"];
export type OwnProject = Schemas["OwnProject"];
export type User = Schemas["UserView"];
export type Role = Schemas["RoleView"];
export type Project = Schemas["ProjectView"];
export type Limits = Schemas["ProjectLimits"];
export type Key = Schemas["KeyView"];
export type Session = Schemas["SessionView"];
export type AuditLine = Schemas["AuditView"];
export type Welcome = Schemas["Welcome"];

export interface Member {
  user_id: string;
  name: string;
  display_name: string;
  role: string;
  disabled: boolean;
}

export interface Enrolment {
  secret: string;
  uri: string;
  qr_svg: string;
}

export interface Usage {
  series: { active: number; limit: number | null; new_this_hour: number; new_limit: number | null };
  ingest: { samples_per_s: number; limit: number | null };
  storage: { bytes: number; limit: number | null };
  queries: { running: number; limit: number | null };
  active_series_by_metric: { name: string; count: number }[];
}

export type PrivacyAction = "mask" | "hash" | "drop_field" | "drop_record";

export interface PrivacyRule {
  id: string;
  version: number;
  /** Can be changed and switched off, but not deleted. */
  is_built_in: boolean;
  name: string;
  detector: string;
  pattern: string;
  fields: string[];
  action: PrivacyAction;
  enabled: boolean;
}

export interface Detector {
  name: string;
  title: string;
  example: string;
}

export interface DryRun {
  series: number;
  changed: number;
  refused: number;
  truncated: boolean;
  rules: {
    name: string;
    series: number;
    values: number;
    by_label: Record<string, number>;
    samples: { label: string; masked: string }[];
  }[];
  texts: string[];
}

export const SESSION = "/api/v1/session";
export const PROFILE = "/api/v1/profile";
export const USERS = "/api/v1/users";
export const ROLES = "/api/v1/roles";
export const PROJECTS = "/api/v1/projects";
export const AUDIT = "/api/v1/audit";

export const userPath = (id: string): string => `${USERS}/${encodeURIComponent(id)}`;
export const rolePath = (name: string): string => `${ROLES}/${encodeURIComponent(name)}`;
export const projectPath = (name: string): string => `${PROJECTS}/${encodeURIComponent(name)}`;

const heard = new Set<(who: WhoAmI) => void>();

/** Calls back with every answer about who is asking, before anybody else sees it. */
export function onWho(listener: (who: WhoAmI) => void): void {
  heard.add(listener);
}

/** Who is asking; what the answer says against forged requests is kept for the requests to come. */
export async function whoAmI(signal?: AbortSignal): Promise<WhoAmI> {
  const { data } = await getJson<WhoAmI>(SESSION, signal);
  // where nobody signs in there is none, and none need be asked for
  if (data.csrf !== "" || data.no_auth) keepToken(data.csrf);
  for (const listener of heard) listener(data);
  return data;
}

export interface AuditPage {
  lines: AuditLine[];
  next: number | null;
}

export async function auditPage(
  filter: URLSearchParams,
  before: number | null,
  signal?: AbortSignal,
): Promise<AuditPage> {
  const asked = new URLSearchParams(filter);
  if (before !== null) asked.set("before", String(before));
  const { text } = await request(`${AUDIT}?${asked.toString()}`, { signal });
  const body = JSON.parse(text) as { data: AuditLine[]; next: number | null };
  return { lines: body.data, next: body.next };
}

/** Where the browser goes to sign in elsewhere. */
export const oidcAddress = (provider: string, next: string): string =>
  `/api/v1/oidc/${encodeURIComponent(provider)}/start?next=${encodeURIComponent(next)}`;
