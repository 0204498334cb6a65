/** Documents of the catalog: dashboards, folders and the like, each with its versions. */

import { Changed } from "./errors";
import { getJson, request, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type DocumentKind =
  | "dashboard"
  | "folder"
  | "playlist"
  | "template"
  | "rule_group"
  | "alert_route"
  | "inhibit_rule"
  | "mute_timing"
  | "silence"
  | "on_call_schedule"
  | "escalation"
  | "contact_point";
export type DocumentHead = Schemas["DocumentHead"];
export type DocumentVersionHead = Schemas["DocumentVersionHead"];
/** The content is what its kind says; it is read, not trusted. */
export type Document = Omit<Schemas["Document"], "spec"> & { spec: unknown };
export type DocumentVersion = Omit<Schemas["DocumentVersion"], "spec"> & { spec: unknown };

export interface DocumentContent {
  name: string;
  spec: unknown;
  /** What somebody says of this version. */
  message?: string;
}

const MOST = 500;

const pathOf = (kind: DocumentKind, id?: string): string =>
  `/api/v1/documents/${kind}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;

const etag = (version: number): string => `"${version}"`;

/** All of a kind, by name; `deleted`: also those that are deleted. */
export async function listDocuments(
  kind: DocumentKind,
  signal?: AbortSignal,
  deleted = false,
): Promise<DocumentHead[]> {
  const found: DocumentHead[] = [];
  for (let after = ""; ;) {
    const asked = new URLSearchParams({ limit: String(MOST), after, ...(deleted ? { deleted: "true" } : {}) });
    const { text } = await request(`${pathOf(kind)}?${asked.toString()}`, { signal });
    const page = JSON.parse(text) as { data: DocumentHead[]; next: string };
    found.push(...page.data);
    if (page.next === "") return found;
    after = page.next;
  }
}

export const getDocument = async (kind: DocumentKind, id: string, signal?: AbortSignal): Promise<Document> =>
  (await getJson<Document>(pathOf(kind, id), signal)).data;

export const createDocument = async (kind: DocumentKind, content: DocumentContent): Promise<Document> =>
  (await sendJson<Document>("POST", pathOf(kind), content)).data;

const NAMES_TRIED = 20;

/** Under its name, or with a number behind when that is taken. */
export async function createNumbered(kind: DocumentKind, content: DocumentContent): Promise<Document> {
  for (let count = 2; ; count += 1) {
    const name = count === 2 ? content.name : `${content.name} (${count - 1})`;
    try {
      return await createDocument(kind, { ...content, name });
    } catch (failure) {
      if (!(failure instanceof Changed) || count > NAMES_TRIED) throw failure;
    }
  }
}

/** Fails with `Changed` when the server keeps another version than the one this is based on. */
export const updateDocument = async (
  kind: DocumentKind,
  id: string,
  version: number,
  content: DocumentContent,
): Promise<Document> => (await sendJson<Document>("PUT", pathOf(kind, id), content, etag(version))).data;

export const deleteDocument = async (kind: DocumentKind, id: string, version: number): Promise<Document> =>
  (await sendJson<Document>("DELETE", pathOf(kind, id), undefined, etag(version))).data;

/** Brings back what was deleted. */
export const undeleteDocument = async (kind: DocumentKind, id: string): Promise<Document> =>
  (await sendJson<Document>("POST", `${pathOf(kind, id)}/restore`, {})).data;

/** Newest first. */
export const documentVersions = async (
  kind: DocumentKind,
  id: string,
  signal?: AbortSignal,
): Promise<DocumentVersionHead[]> =>
  (await getJson<DocumentVersionHead[]>(`${pathOf(kind, id)}/versions?limit=200`, signal)).data;

export const documentVersion = async (
  kind: DocumentKind,
  id: string,
  version: number,
  signal?: AbortSignal,
): Promise<DocumentVersion> => (await getJson<DocumentVersion>(`${pathOf(kind, id)}/versions/${version}`, signal)).data;
