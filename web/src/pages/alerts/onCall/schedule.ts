/** Turns of people on call, and steps of an escalation, as they are edited. Pure. */

import type { Member, Override, Schedule, Step } from "../../../api/onCall";
import { promDuration } from "../../../data/duration";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const WEEK_MS = 7 * 86_400_000;

const objectOf = (spec: unknown): object => (typeof spec === "object" && spec !== null ? spec : {});
const textsOf = (said: unknown): string[] =>
  Array.isArray(said) ? said.filter((one): one is string => typeof one === "string") : [];
const listOf = <T>(said: readonly T[] | undefined): readonly T[] => (said instanceof Array ? said : []);

/** What a document says; it is read, not trusted. */
export function scheduleOf(spec: unknown): Schedule {
  const said: Partial<Schedule> = objectOf(spec);
  return {
    members: listOf<Partial<Member>>(said.members).map(({ name = "", contact_point = "" }) => ({
      name,
      contact_point,
    })),
    starts_on: said.starts_on ?? "",
    starts_at: said.starts_at ?? "09:00",
    location: said.location ?? "",
    overrides: listOf<Partial<Override>>(said.overrides).map(({ member = "", start_ms = 0, end_ms = 0 }) => ({
      member,
      start_ms,
      end_ms,
    })),
  };
}

/** The Monday of this week, as documents write days. */
export function thisMonday(now_ms: number): string {
  const day = new Date(now_ms);
  const since = (day.getUTCDay() + 6) % 7;
  return new Date(now_ms - since * 86_400_000).toISOString().slice(0, 10);
}

export const newSchedule = (now_ms: number, zone: string): Schedule => ({
  members: [{ name: "", contact_point: "" }],
  starts_on: thisMonday(now_ms),
  starts_at: "09:00",
  location: zone,
  overrides: [],
});

/** A week from now, for whoever comes first. */
export const newOverride = (members: readonly Member[], now_ms: number): Override => {
  const start_ms = Math.floor(now_ms / 60_000) * 60_000;
  return { member: members[0]?.name ?? "", start_ms, end_ms: start_ms + WEEK_MS };
};

/** Why it cannot stand like this, as far as the page can tell; null: it can. */
export function scheduleProblem({ members, starts_on, starts_at, overrides }: Schedule): string | null {
  if (members.length === 0) return "Somebody has to be on call.";
  if (members.some(({ name }) => name.trim() === "")) return "Everybody on call needs a name.";
  if (members.some(({ contact_point }) => contact_point === "")) return "Everybody on call needs a contact point.";
  if (new Set(members.map(({ name }) => name.trim())).size < members.length) return "Two have the same name.";
  if (!DAY.test(starts_on)) return "The first turn needs a day.";
  if (!CLOCK.test(starts_at)) return "Turns change at a time such as 09:00.";
  for (const { member, start_ms, end_ms } of overrides) {
    if (!members.some(({ name }) => name.trim() === member)) return "Who takes over must be one of those on call.";
    if (!(end_ms > start_ms)) return "What somebody takes over must end after it starts.";
  }
  return null;
}

/** With names as they are sent. */
export const scheduleSpec = (schedule: Schedule): Schedule => ({
  ...schedule,
  members: schedule.members.map((one) => ({ ...one, name: one.name.trim() })),
});

/** What an escalation says; it is read, not trusted. */
export function stepsOf(spec: unknown): Step[] {
  const { steps }: { steps?: readonly Partial<Step>[] } = objectOf(spec);
  return listOf(steps).map(({ after_ms = 0, receivers, schedules }) => ({
    after_ms,
    receivers: textsOf(receivers),
    schedules: textsOf(schedules),
  }));
}

/** The next one, a quarter of an hour after the one before. */
export const newStep = (steps: readonly Step[]): Step => ({
  after_ms: (steps.at(-1)?.after_ms ?? 0) + 15 * 60_000,
  receivers: [],
  schedules: [],
});

export function stepsProblem(steps: readonly Step[]): string | null {
  if (steps.length === 0) return "It needs a step.";
  if (steps.some(({ after_ms }) => Number.isNaN(after_ms))) return "Times are written as 30s, 5m or 4h.";
  if (steps.some(({ receivers, schedules }) => receivers.length + schedules.length === 0))
    return "Each step must tell somebody.";
  if (steps.some(({ after_ms }, at) => at > 0 && after_ms <= (steps[at - 1]?.after_ms ?? 0)))
    return "Each step must come later than the one before.";
  return null;
}

/** "after 10m: leads, after 30m: whoever is on call in weekly". */
export const stepsWords = (steps: readonly Step[]): string =>
  steps
    .map(({ after_ms, receivers, schedules }) => {
      const told = [...receivers, ...schedules.map((name) => `whoever is on call in ${name}`)];
      return `after ${promDuration(after_ms)}: ${told.join(" and ")}`;
    })
    .join(", ");
