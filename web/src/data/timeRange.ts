/** Time ranges as people type them: "now-6h to now", "2d", "yesterday", "2026-11-19 14:18 to 14:26". */

import { parseDuration, formatDuration } from "./duration";

/** What a person chooses between. */
export type OwnZone = "browser" | "utc";

/** What times are shown in: those, or a name of the IANA database, which a dashboard may ask for. */
export type Zone = OwnZone | (string & {});

/** The two ends as text, as they stand in the URL: `now`, `now-6h`, `now/d` or milliseconds since 1970. */
export interface TimeRange {
  from: string;
  to: string;
}

export interface Interval {
  start_ms: number;
  end_ms: number;
}

export const QUICK_RANGES: readonly TimeRange[] = [
  "1m",
  "5m",
  "15m",
  "30m",
  "1h",
  "3h",
  "6h",
  "12h",
  "24h",
  "2d",
  "7d",
  "30d",
].map((span) => ({ from: `now-${span}`, to: "now" }));

export const NAMED_RANGES: readonly { name: string; range: TimeRange }[] = [
  { name: "Today", range: { from: "now/d", to: "now" } },
  { name: "Yesterday", range: { from: "now-1d/d", to: "now/d" } },
];

const MIN_SPAN_MS = 1000;

function startOfDay(time_ms: number, zone: Zone): number {
  const date = new Date(time_ms);
  if (zone === "browser") return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const day_ms = 86_400_000;
  const midnight = (offset_ms: number): number => Math.floor((time_ms + offset_ms) / day_ms) * day_ms - offset_ms;
  // clocks may have been changed since midnight
  return midnight(zoneOffsetMs(zone, midnight(zoneOffsetMs(zone, time_ms))));
}

/** One end in milliseconds, or null when it cannot be read. */
export function resolveMoment(text: string, now_ms: number, zone: Zone): number | null {
  const trimmed = text.trim();
  if (/^\d{9,}$/.test(trimmed)) return Number(trimmed);
  const relative = /^now(?:\s*-\s*([0-9a-z.]+))?(\/d)?$/.exec(trimmed);
  if (relative !== null) {
    const back = relative[1] === undefined ? 0 : parseDuration(relative[1]);
    if (back === null) return null;
    const moment = now_ms - back;
    return relative[2] === undefined ? moment : startOfDay(moment, zone);
  }
  if (trimmed === "today") return startOfDay(now_ms, zone);
  if (trimmed === "yesterday") return startOfDay(startOfDay(now_ms, zone) - 1, zone);
  return parseAbsolute(trimmed, now_ms, zone);
}

function parseAbsolute(text: string, now_ms: number, zone: Zone): number | null {
  const match = /^(?:(\d{4})-(\d\d?)-(\d\d?))?[ T]?(?:(\d\d?):(\d\d)(?::(\d\d))?)?(Z)?$/.exec(text);
  if (match === null || (match[1] === undefined && match[4] === undefined)) return null;
  const meant = match[7] === undefined ? zone : "utc";
  const today = new Date(now_ms + zoneOffsetMs(meant, now_ms));
  const day: [number, number, number] =
    match[1] !== undefined
      ? [Number(match[1]), Number(match[2]) - 1, Number(match[3])]
      : [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (day[1] > 11 || day[2] < 1 || day[2] > 31 || hour > 23 || minute > 59 || second > 59) return null;
  if (meant === "browser") return new Date(...day, hour, minute, second).getTime();
  const wall_ms = Date.UTC(...day, hour, minute, second);
  // the offset is that of the moment, which is not known before the offset is
  const about_ms = wall_ms - zoneOffsetMs(meant, wall_ms);
  return wall_ms - zoneOffsetMs(meant, about_ms);
}

/** Both ends in milliseconds; null when the range cannot be read or ends before it starts. */
export function resolveRange(range: TimeRange, now_ms: number, zone: Zone): Interval | null {
  const start_ms = resolveMoment(range.from, now_ms, zone);
  const end_ms = resolveMoment(range.to, now_ms, zone);
  if (start_ms === null || end_ms === null || end_ms - start_ms < MIN_SPAN_MS) return null;
  return { start_ms, end_ms };
}

/** What a person typed; null when it makes no sense. */
export function parseRange(text: string, now_ms: number, zone: Zone): TimeRange | null {
  const typed = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (typed === "today") return { from: "now/d", to: "now" };
  if (typed === "yesterday") return { from: "now-1d/d", to: "now/d" };
  const span = typed.replace(/^last /, "").replace(/ /g, "");
  if (parseDuration(span) !== null) return { from: `now-${span}`, to: "now" };
  const [from, to = "now", ...more] = text.trim().split(/\s+to\s+|\s+-\s+/i);
  if (from === undefined || more.length > 0) return null;
  const range = { from: fixMoment(from, now_ms, zone), to: fixMoment(to, now_ms, zone) };
  return resolveRange(range, now_ms, zone) === null ? null : range;
}

function fixMoment(text: string, now_ms: number, zone: Zone): string {
  const typed = text.trim();
  if (/^now/i.test(typed)) return typed.toLowerCase().replace(/\s+/g, "");
  const moment = resolveMoment(typed.toUpperCase() === typed ? typed : typed.toLowerCase(), now_ms, zone);
  return moment === null ? typed : String(moment);
}

/** A range as text that `parseRange` reads again, in every time zone. */
export function writeRange(range: TimeRange): string {
  const end = (text: string): string =>
    /^\d+$/.test(text) ? `${new Date(Number(text)).toISOString().slice(0, 19)}Z` : text;
  return `${end(range.from)} to ${end(range.to)}`;
}

/** A moment as `<input type="datetime-local">` wants it. */
export function inputMoment(time_ms: number, zone: Zone): string {
  return new Date(time_ms + zoneOffsetMs(zone, time_ms)).toISOString().slice(0, 19);
}

/** A range ends at "now" and so moves with the clock. */
export function isMoving(range: TimeRange): boolean {
  return range.to === "now" && /^now-[^/]+$/.test(range.from);
}

export function absolute(start_ms: number, end_ms: number): TimeRange {
  return { from: String(Math.round(start_ms)), to: String(Math.round(end_ms)) };
}

/** The range moved by a part of its length (-0.5 goes back half a window). */
export function shiftRange(interval: Interval, part: number, now_ms: number): TimeRange {
  const span = interval.end_ms - interval.start_ms;
  const end = interval.end_ms + span * part;
  if (part > 0 && end >= now_ms) return { from: `now-${Math.round(span / 1000)}s`, to: "now" };
  return absolute(end - span, end);
}

/** Twice as wide around the same middle, never beyond now; a moving range stays moving. */
export function zoomOut(range: TimeRange, interval: Interval, now_ms: number): TimeRange {
  const span = interval.end_ms - interval.start_ms;
  if (isMoving(range)) return { from: `now-${Math.round((span * 2) / 1000)}s`, to: "now" };
  const middle = (interval.start_ms + interval.end_ms) / 2;
  const end = Math.min(middle + span, Math.max(now_ms, interval.end_ms));
  return absolute(end - span * 2, end);
}

/** "Last 30 min", or both ends for a fixed range. */
export function describeRange(range: TimeRange, now_ms: number, zone: Zone): string {
  const named = NAMED_RANGES.find((entry) => entry.range.from === range.from && entry.range.to === range.to);
  if (named !== undefined) return named.name;
  const interval = resolveRange(range, now_ms, zone);
  if (interval === null) return `${range.from} to ${range.to}`;
  if (isMoving(range)) return `Last ${spanWords(interval.end_ms - interval.start_ms)}`;
  const sameDay = startOfDay(interval.start_ms, zone) === startOfDay(interval.end_ms, zone);
  const seconds = interval.end_ms - interval.start_ms < 600_000;
  const end = range.to === "now" ? "now" : formatMoment(interval.end_ms, zone, !sameDay, seconds);
  const today = sameDay && startOfDay(interval.start_ms, zone) === startOfDay(now_ms, zone);
  return `${formatMoment(interval.start_ms, zone, !today, seconds)} to ${end}`;
}

function spanWords(span_ms: number): string {
  return formatDuration(span_ms).replace(/\u2009m$/, "\u2009min");
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** A zone that this browser does not know is its own. */
function zoneOption(zone: Zone): Intl.DateTimeFormatOptions {
  if (zone === "browser") return {};
  if (zone === "utc") return { timeZone: "UTC" };
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return { timeZone: zone };
  } catch {
    return {};
  }
}

/** Whether this browser knows the zone. */
export function isZone(zone: string): boolean {
  if (zone === "browser" || zone === "utc") return true;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** How far a zone's clocks are ahead of UTC at a moment. */
export function zoneOffsetMs(zone: Zone, time_ms: number): number {
  if (zone === "utc") return 0;
  if (zone === "browser") return 0 - new Date(time_ms).getTimezoneOffset() * 60_000;
  const name = dateFormat(zone, { timeZoneName: "longOffset" })
    .formatToParts(time_ms)
    .find((part) => part.type === "timeZoneName")?.value;
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? "");
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  return (match?.[1] === "-" ? -minutes : minutes) * 60_000;
}

/** A formatter for a zone; made once, since making one is slow. */
export function dateFormat(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let format = FORMATS.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { ...options, ...zoneOption(zone) });
    FORMATS.set(key, format);
  }
  return format;
}

export function formatMoment(time_ms: number, zone: Zone, withDay: boolean, withSeconds: boolean): string {
  const clock = dateFormat(zone, {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
  }).format(time_ms);
  if (!withDay) return clock;
  return `${dateFormat(zone, { day: "numeric", month: "short" }).format(time_ms)}, ${clock}`;
}

/** Short name of the zone at a moment: "CET", "GMT+2", "UTC". */
export function zoneName(zone: Zone, time_ms: number): string {
  if (zone === "utc") return "UTC";
  const parts = dateFormat(zone, { timeZoneName: "short" }).formatToParts(time_ms);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "local";
}
