/** Drafts that were not saved, kept by the browser for each person and dashboard. */

import type { Content } from "../document";
import { readDashboard, writeDashboard } from "../document";

export interface Draft {
  /** The version it was begun with; 0: of a dashboard that was never saved. */
  base: number;
  at_ms: number;
  content: Content;
}

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export const draftKey = (project: string, user: string, id: string): string =>
  `vedette.draft.${JSON.stringify([project, user, id])}`;

/** Answers whether it was kept; a browser without storage keeps nothing. */
export function keepDraft(store: Store, key: string, { base, at_ms, content }: Draft): boolean {
  try {
    store.setItem(key, JSON.stringify({ base, at_ms, name: content.name, spec: writeDashboard(content.spec) }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(store: Store, key: string): void {
  try {
    store.removeItem(key);
  } catch {
    // storage is blocked: there is nothing to drop
  }
}

export function findDraft(store: Store, key: string): Draft | null {
  try {
    const found: unknown = JSON.parse(store.getItem(key) ?? "null");
    if (typeof found !== "object" || found === null) return null;
    const { base, at_ms, name, spec } = found as Record<string, unknown>;
    if (typeof base !== "number" || typeof at_ms !== "number" || typeof name !== "string") return null;
    return { base, at_ms, content: { name, spec: readDashboard(spec) } };
  } catch {
    return null;
  }
}
