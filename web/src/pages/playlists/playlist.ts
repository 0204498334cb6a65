/** Playlists: dashboards that a screen shows one after the other. Pure. */

import type { TimeRange } from "../../data/timeRange";
import { ITEM, KIOSK, PLAYLIST } from "../bar/kiosk";

export interface PlaylistItem {
  dashboard: string;
  seconds: number;
  /** What it shows; left out: what the dashboard opens with. */
  time?: TimeRange;
}

export interface Playlist {
  description: string;
  items: readonly PlaylistItem[];
}

export const LEAST_S = 5;
export const MOST_S = 86_400;
export const USUAL_S = 30;
/** A dashboard that is not there is passed over after so long. */
export const MISSING_S = 5;
export const MOST_ITEMS = 200;

/** What a document says, whatever else it holds. */
export function readPlaylist(spec: unknown): Playlist {
  const { description, items } = fieldsOf(spec);
  return {
    description: typeof description === "string" ? description : "",
    items: (Array.isArray(items) ? items : []).flatMap((one: unknown): PlaylistItem[] => {
      const { dashboard, seconds, time } = fieldsOf(one);
      if (typeof dashboard !== "string" || dashboard === "") return [];
      const wanted_s = typeof seconds === "number" && Number.isFinite(seconds) ? seconds : USUAL_S;
      const stays_s = Math.max(LEAST_S, Math.min(MOST_S, Math.round(wanted_s)));
      return [{ dashboard, seconds: stays_s, ...timeOf(time) }];
    }),
  };
}

const fieldsOf = (one: unknown): Record<string, unknown> =>
  (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;

function timeOf(time: unknown): { time?: TimeRange } {
  const { from, to } = fieldsOf(time);
  return typeof from === "string" && typeof to === "string" ? { time: { from, to } } : {};
}

/** The place after one, around the end. */
export const stepped = (at: number, by: number, count: number): number =>
  count === 0 ? 0 : (((at + by) % count) + count) % count;

/** Where a dashboard of a playlist is shown. */
export function playAddress(playlist: string, items: readonly PlaylistItem[], at: number, project: string): string {
  const item = items[at];
  if (item === undefined) return "/playlists";
  const params = new URLSearchParams(project === "" ? {} : { project });
  params.set(KIOSK, "");
  params.set(PLAYLIST, playlist);
  params.set(ITEM, String(at));
  if (item.time !== undefined) {
    params.set("from", item.time.from);
    params.set("to", item.time.to);
  }
  return `/d/${encodeURIComponent(item.dashboard)}?${params.toString()}`;
}
