/** Times that come again, in Alertmanager's words, as they are edited and read. Pure. */

import type { TimeInterval } from "../../../api/silences";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
/** Alertmanager's week begins on a Sunday: ranges are read in this order. */
const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** What documents leave out stays out; they are read, not trusted. */
export const intervalsOf = (said: unknown): TimeInterval[] => (Array.isArray(said) ? (said as TimeInterval[]) : []);

/** The days that ranges such as `monday:friday` name. */
export function daysOf(ranges: readonly string[]): string[] {
  const found = new Set<string>();
  for (const range of ranges) {
    const [first = "", last = first] = range.toLowerCase().split(":");
    const from = WEEK.indexOf(first);
    const to = WEEK.indexOf(last);
    if (from !== -1) for (const day of WEEK.slice(from, to + 1)) found.add(day);
  }
  return DAYS.filter((day) => found.has(day));
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
export const dayWord = (day: string): string => capital(day).slice(0, 3);

/** "Mon to Fri" of days that follow each other, "Mon, Wed" of others; empty: every day. */
function daysWords(ranges: readonly string[]): string {
  const places = daysOf(ranges).map((day) => DAYS.findIndex((one) => one === day));
  const words = places.map((place) => dayWord(DAYS[place] ?? ""));
  const [first = 0] = places;
  const isRun = places.length > 2 && places.every((place, at) => place === first + at);
  if (places.length === DAYS.length) return "";
  return isRun ? `${words[0] ?? ""} to ${words.at(-1) ?? ""}` : words.join(", ");
}

/** Ranges apart by commas, as people type them. */
export const rangesOf = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== "");

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** Why an interval cannot stand like this, as far as the page can tell; null: it can. */
export function intervalProblem({ times = [] }: TimeInterval): string | null {
  for (const { start, end } of times) {
    if (!CLOCK.test(start) || !CLOCK.test(end)) return "Times are written as 09:00 or 24:00.";
    if (start >= end) return `${start} is not before ${end}: make two times, until 24:00 and from 00:00.`;
  }
  return null;
}

const rangeWords = (range: string): string => range.split(":").map(capital).join(" to ");

/** In a few words: "Mon to Fri, 09:00 to 17:00 (Europe/Berlin)". */
export function intervalWords(interval: TimeInterval): string {
  const { times = [], weekdays = [], days_of_month = [], months = [], years = [], location = "" } = interval;
  const parts = [
    daysWords(weekdays),
    times.map(({ start, end }) => `${start} to ${end}`).join(", "),
    days_of_month.length === 0 ? "" : `days ${days_of_month.map(rangeWords).join(", ")}`,
    months.map(rangeWords).join(", "),
    years.map(rangeWords).join(", "),
  ].filter((part) => part !== "");
  return `${parts.length === 0 ? "Always" : parts.join(", ")} (${location === "" ? "UTC" : location})`;
}

export const intervalsWords = (intervals: readonly TimeInterval[]): string => intervals.map(intervalWords).join("; ");

interface Zones {
  supportedValuesOf?: (key: "timeZone") => string[];
}

/** Zones to choose from, UTC and `chosen` among them. */
export function zoneChoices(chosen: string): { value: string; label: string }[] {
  const named = (Intl as Zones).supportedValuesOf?.("timeZone") ?? [];
  const names = new Set(["UTC", ...named, chosen === "" ? "UTC" : chosen]);
  return [...names].map((value) => ({ value, label: value.replaceAll("_", " ") }));
}

/** A new one: the working day where the person is. */
export const newInterval = (zone: string): TimeInterval => ({
  times: [{ start: "09:00", end: "17:00" }],
  weekdays: ["monday:friday"],
  location: zone,
});

/** The zone of this browser. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
