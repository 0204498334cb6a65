/** What is given away: public links, snapshots, and what those outside may ask. */

import { request, sendJson } from "./http";

export interface Share {
  id: string;
  title: string;
  dashboard: string;
  is_live: boolean;
  created_ms: number;
  created_by: string;
  expires_ms: number;
  last_seen_ms: number;
  views: number;
  /** It opens something now. */
  works: boolean;
}

export interface Snapshot {
  id: string;
  title: string;
  dashboard: string;
  size_bytes: number;
  created_ms: number;
  created_by: string;
  expires_ms: number;
  last_seen_ms: number;
  views: number;
  public: boolean;
  /** The reader's role hides nothing of it. */
  visible: boolean;
}

/** Either the last so many milliseconds, or from a moment to another. */
export interface FrozenTime {
  last_ms?: number;
  start_ms?: number;
  end_ms?: number;
}

export interface NewFrozen {
  title: string;
  time: FrozenTime;
  spec: Record<string, unknown>;
  expires_in_ms: number;
  questions: readonly unknown[];
  dashboard?: string;
  marks?: readonly FrozenMarkSource[];
  /** Viewers of a link may look closer at parts of its time. */
  zoom?: boolean;
}

/** A source of marks as viewers know it. */
export interface ShownMarkSource {
  id: string;
  kind: "manual" | "query" | "alerts";
  name: string;
  title: string;
  text: string;
  color: string;
}

export interface FrozenMarkSource extends ShownMarkSource {
  /** Annotations with one of these; none: all of them. */
  tags: readonly string[];
}

/** An annotation as viewers see it. */
export interface ShownAnnotation {
  /** Id of the source that shows it. */
  source: string;
  time_ms: number;
  end_ms: number | null;
  title: string;
  text: string;
  widget: string;
}

/** What a link shows. */
export interface PublicDashboard<Q> {
  title: string;
  time: Required<FrozenTime>;
  spec: Record<string, unknown>;
  questions: Q[];
  marks: ShownMarkSource[];
  zoom: boolean;
  expires_ms: number;
  now_ms: number;
}

export interface SnapshotAnswer {
  timestamps_ms?: number[];
  series?: { labels: Record<string, string>; values: (number | string | null)[] }[];
  /** Why there is none. */
  error?: string;
}

export interface SnapshotFile<Q> {
  kind: "vedette/snapshot";
  schema: 1;
  title: string;
  taken_ms: number;
  time: { start_ms: number; end_ms: number };
  dashboard: Record<string, unknown>;
  questions: Q[];
  /** In the order of the questions. */
  answers: SnapshotAnswer[];
  /** Left out by those that were taken without. */
  marks?: ShownMarkSource[];
  annotations?: ShownAnnotation[];
}

export interface Columns {
  timestamps_ms: number[];
  step_ms: number;
  series: { labels: Record<string, string>; values: (number | string | null)[] }[];
}

export const SHARES = "/api/v1/shares";
export const SNAPSHOTS = "/api/v1/snapshots";
const PUBLIC = "/api/v1/public";
const TOKEN_HEADER = "X-Share-Token";
/** Behind it comes the token. */
export const SUBPROTOCOL = "vedette.share";
export const LIVE_PATH = "/ws/public";
const OF_SNAPSHOTS = "vss_";

/** Whether a token opens a snapshot; any other opens a dashboard. */
export const isSnapshotToken = (token: string): boolean => token.startsWith(OF_SNAPSHOTS);

export const createShare = async (frozen: NewFrozen): Promise<{ share: Share; token: string }> =>
  (await sendJson<{ share: Share; token: string }>("POST", SHARES, frozen)).data;

export async function takeSnapshot(
  frozen: NewFrozen & { public: boolean },
): Promise<{ snapshot: Snapshot; token: string }> {
  return (await sendJson<{ snapshot: Snapshot; token: string }>("POST", SNAPSHOTS, frozen)).data;
}

export async function bringSnapshot(text: string): Promise<Snapshot> {
  const headers = { "content-type": "application/json" };
  const answer = await request(`${SNAPSHOTS}/import`, { method: "POST", headers, body: text });
  return (JSON.parse(answer.text) as { data: { snapshot: Snapshot } }).data.snapshot;
}

export const openSnapshot = async (id: string): Promise<string> =>
  (await sendJson<{ token: string }>("POST", `${SNAPSHOTS}/${encodeURIComponent(id)}/link`)).data.token;

/** The text of a snapshot with all its data, as it is exported. */
export const snapshotText = async (id: string, signal?: AbortSignal): Promise<string> =>
  (await request(`${SNAPSHOTS}/${encodeURIComponent(id)}/content`, { signal })).text;

const withToken = (token: string): Record<string, string> => ({ [TOKEN_HEADER]: token });

export async function publicDashboard<Q>(token: string, signal?: AbortSignal): Promise<PublicDashboard<Q>> {
  const { text } = await request(`${PUBLIC}/dashboard`, { headers: withToken(token), signal });
  return (JSON.parse(text) as { data: PublicDashboard<Q> }).data;
}

/** What `path` has for whoever has the token. */
export async function publicData<T>(token: string, path: "plugins" | "annotations", signal?: AbortSignal): Promise<T> {
  const { text } = await request(`${PUBLIC}/${path}`, { headers: withToken(token), signal });
  return (JSON.parse(text) as { data: T }).data;
}

export const publicSnapshotText = async (token: string, signal?: AbortSignal): Promise<string> =>
  (await request(`${PUBLIC}/snapshot`, { headers: withToken(token), signal })).text;

export async function publicQuery(
  token: string,
  asked: object,
  signal?: AbortSignal,
): Promise<{ data: Columns; query_time_ms: number; bytes: number }> {
  const { text } = await request(`${PUBLIC}/query`, {
    method: "POST",
    headers: { ...withToken(token), "content-type": "application/json" },
    body: JSON.stringify(asked),
    signal,
  });
  return { ...(JSON.parse(text) as { data: Columns; query_time_ms: number }), bytes: text.length };
}

/** What the server lets be given away. */
export interface Sharing {
  shares: Share[];
  /** Links that open without signing in can be made. */
  public_links: boolean;
  /** Pages that may show them in a frame. */
  frame_ancestors: string[];
}

export async function listShares(signal?: AbortSignal): Promise<Sharing> {
  const { text } = await request(SHARES, { signal });
  const { data, public_links, frame_ancestors } = JSON.parse(text) as Omit<Sharing, "shares"> & { data: Share[] };
  return { shares: data, public_links, frame_ancestors };
}
