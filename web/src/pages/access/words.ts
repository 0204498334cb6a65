/** What rights and scopes are, in words. */

import type { Permission } from "../../queries/account";

export const PERMISSIONS: readonly { name: Permission; title: string; help: string }[] = [
  { name: "metrics:read", title: "Read metrics", help: "Ask questions, by query or live." },
  { name: "status:read", title: "Read status", help: "Targets, cardinality, sizes. Not for roles with a selector." },
  { name: "documents:read", title: "See dashboards", help: "Dashboards and other documents." },
  { name: "documents:write", title: "Change dashboards", help: "Make, change and delete documents." },
  { name: "samples:write", title: "Send samples", help: "Write metrics into the project." },
  { name: "series:delete", title: "Delete and back-fill", help: "Take samples away, or add old ones." },
  { name: "project:admin", title: "Administer the project", help: "Members, keys, privacy rules, its audit log." },
];

export const permissionTitle = (name: string): string =>
  name === "instance:admin" ? "Administer the server" : (PERMISSIONS.find((one) => one.name === name)?.title ?? name);

export type Scope = "ingest" | "read" | "edit" | "admin";

export const SCOPES: readonly { name: Scope; title: string; help: string; permissions: readonly Permission[] }[] = [
  {
    name: "ingest",
    title: "Send",
    help: "Write samples, and nothing else. For agents and remote write.",
    permissions: ["samples:write"],
  },
  {
    name: "read",
    title: "Read",
    help: "Query and see dashboards. For Grafana and scripts.",
    permissions: ["metrics:read", "status:read", "documents:read"],
  },
  {
    name: "edit",
    title: "Edit",
    help: "Read, and change dashboards and other documents.",
    permissions: ["metrics:read", "status:read", "documents:read", "documents:write"],
  },
  {
    name: "admin",
    title: "Administer",
    help: "Everything in the project: also members, deletion and privacy rules.",
    permissions: PERMISSIONS.map((one) => one.name),
  },
];

const DAY_MS = 86_400_000;

export const EXPIRIES: readonly { value: string; label: string; after_ms: number }[] = [
  { value: "7d", label: "7 days", after_ms: 7 * DAY_MS },
  { value: "30d", label: "30 days", after_ms: 30 * DAY_MS },
  { value: "90d", label: "90 days", after_ms: 90 * DAY_MS },
  { value: "1y", label: "1 year", after_ms: 365 * DAY_MS },
  { value: "never", label: "Never", after_ms: 0 },
];

/** The moment in milliseconds as the API takes it; 0 is never. */
export function expiryOf(choice: string, now_ms: number): number {
  const after_ms = EXPIRIES.find((one) => one.value === choice)?.after_ms ?? 0;
  return after_ms === 0 ? 0 : Math.round(now_ms) + after_ms;
}

/** Whether somebody with these rights can hand on a scope: a key never may more than its owner. */
export const canGive = (scope: Scope, own: readonly string[]): boolean =>
  SCOPES.find((one) => one.name === scope)?.permissions.every((permission) => own.includes(permission)) === true;

export const METHODS: Readonly<Record<string, string>> = {
  password: "Password",
  "password+totp": "Password and code",
  "password+recovery": "Password and recovery code",
  oidc: "Identity provider",
  setup: "One-time link",
};

/** "Firefox 128 on Linux" of what browsers say about themselves. */
export function agentName(agent: string): string {
  const browsers: [string, RegExp][] = [
    ["Edge", /Edg\/(\d+)/],
    ["Firefox", /Firefox\/(\d+)/],
    ["Chrome", /(?:Headless)?Chrome\/(\d+)/],
    ["Safari", /Version\/(\d+).*Safari/],
  ];
  const systems: [string, RegExp][] = [
    ["Android", /Android/],
    ["iOS", /iPhone|iPad/],
    ["Windows", /Windows/],
    ["macOS", /Mac OS/],
    ["Linux", /Linux/],
  ];
  const found = browsers.find(([, pattern]) => pattern.test(agent));
  const system = systems.find(([, pattern]) => pattern.test(agent))?.[0];
  const browser =
    found === undefined ? (agent.split(/[\s/]/)[0] ?? "") : `${found[0]} ${found[1].exec(agent)?.[1] ?? ""}`;
  return [browser === "" ? "Unknown browser" : browser.trim(), system].filter(Boolean).join(" on ");
}
