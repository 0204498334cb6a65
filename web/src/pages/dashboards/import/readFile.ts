/** What a text that was pasted, dropped or chosen holds: dashboards of Vedette, alone or many, or one of Grafana. */

import type { BundleDocument } from "../../../api/dashboards";

export type Found =
  | { kind: "ours"; folders: BundleDocument[]; dashboards: BundleDocument[] }
  | { kind: "grafana"; grafana: Record<string, unknown> }
  | { kind: "wrong"; problem: string };

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A dashboard or folder of a file; null where it is none. */
function documentOf(given: unknown, fallback: string): BundleDocument | null {
  if (!isObject(given) || !isObject(given["spec"])) return null;
  const name = text(given["name"]) || text(given["title"]) || fallback;
  const id = text(given["id"]);
  return { name, spec: given["spec"], ...(/^[A-Za-z0-9_-]{1,64}$/.test(id) ? { id } : {}) };
}

const listOf = (given: unknown, fallback: string): BundleDocument[] =>
  Array.isArray(given) ? given.map((one) => documentOf(one, fallback)).filter((one) => one !== null) : [];

/** Exports of Grafana have panels, old ones rows; its API answers put the dashboard into an envelope. */
function grafanaOf(given: Loose): Record<string, unknown> | null {
  const inner = given["dashboard"];
  if (isObject(inner)) return grafanaOf(inner);
  const looks = Array.isArray(given["panels"]) || Array.isArray(given["rows"]) || Array.isArray(given["__inputs"]);
  return looks ? { ...given } : null;
}

export function readFile(content: string, fileName: string): Found {
  const fallback = fileName.replace(/\.json$/i, "") || "Dashboard";
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch {
    return { kind: "wrong", problem: "This is no JSON." };
  }
  if (!isObject(given)) return { kind: "wrong", problem: "This is no dashboard: JSON, but no object." };
  if (given["kind"] === "vedette/bundle") {
    const dashboards = listOf(given["dashboards"], fallback);
    if (dashboards.length === 0) return { kind: "wrong", problem: "There is no dashboard in it." };
    return { kind: "ours", folders: listOf(given["folders"], "Folder"), dashboards };
  }
  const one = documentOf(given, fallback);
  if (one !== null) return { kind: "ours", folders: [], dashboards: [one] };
  if (Array.isArray(given["widgets"])) {
    return { kind: "ours", folders: [], dashboards: [{ name: fallback, spec: given }] };
  }
  const grafana = grafanaOf(given);
  if (grafana !== null) return { kind: "grafana", grafana };
  return { kind: "wrong", problem: "This is neither a dashboard of Vedette nor one of Grafana." };
}
