/** A silence as it is edited: conditions, a time, and times that come again. Pure. */

import type { Condition, ListedSilence, Silence } from "../../../api/silences";
import { PROJECT_PARAMETER } from "../../../data/project";
import { conditionProblem, conditionsOf, conditionsText, holdsWithout, writeMatch } from "../matchers/condition";
import { intervalProblem, intervalsOf } from "../times/interval";

const HOUR_MS = 3_600_000;
export const LENGTHS: readonly { label: string; length_ms: number }[] = [
  { label: "1 h", length_ms: HOUR_MS },
  { label: "4 h", length_ms: 4 * HOUR_MS },
  { label: "1 day", length_ms: 24 * HOUR_MS },
  { label: "1 week", length_ms: 7 * 24 * HOUR_MS },
];

export const newSilence = (matchers: readonly Condition[], now_ms: number, by: string): Silence => ({
  matchers: matchers.length === 0 ? [{ label: "alertname", op: "=", value: "" }] : matchers,
  starts_ms: wholeSecond(now_ms),
  ends_ms: wholeSecond(now_ms) + 4 * HOUR_MS,
  created_by: by,
  comment: "",
  recurring: [],
});

/** Moments are shown and typed in seconds. */
export const wholeSecond = (time_ms: number): number => Math.floor(time_ms / 1000) * 1000;

/** What a document says, with what it leaves out; it is read, not trusted. */
export function silenceOf(spec: unknown): Silence {
  const said = (typeof spec === "object" && spec !== null ? spec : {}) as Partial<Silence>;
  return {
    matchers: conditionsOf(said.matchers),
    starts_ms: said.starts_ms ?? 0,
    ends_ms: said.ends_ms ?? 0,
    created_by: said.created_by ?? "",
    comment: said.comment ?? "",
    recurring: intervalsOf(said.recurring),
  };
}

/** What is wrong with its conditions, as far as the page can tell. */
export function matchersProblem(matchers: readonly Condition[]): string | null {
  if (matchers.length === 0) return "A silence needs at least one condition.";
  if (matchers.every(holdsWithout)) return "At least one condition must ask for a value that is there.";
  return conditionProblem(matchers);
}

/** What is wrong with all of it, as far as the page can tell. */
export function problemOf(silence: Silence, now_ms: number): string | null {
  const { matchers, starts_ms, ends_ms, recurring } = silence;
  const wrong = matchersProblem(matchers);
  if (wrong !== null) return wrong;
  if (Number.isNaN(starts_ms) || Number.isNaN(ends_ms)) return "Start and end need a day and a time.";
  if (ends_ms <= starts_ms) return "It must end after it starts.";
  if (ends_ms <= now_ms) return "It must end in the future.";
  return recurring.map(intervalProblem).find((problem) => problem !== null) ?? null;
}

/** What its document is called: nobody else's silence has that name. */
export const nameOf = (silence: Silence, now_ms: number): string =>
  `${conditionsText(silence.matchers).slice(0, 160)} ${new Date(now_ms).toISOString()}`;

/** The address of the form for a silence of what fulfils these conditions. */
export function silenceAddress(matchers: readonly Condition[], project: string): string {
  const asked = matchers.map((one) => ["match", writeMatch(one)]);
  if (project !== "") asked.push([PROJECT_PARAMETER, project]);
  return `/alerts/silences/new?${new URLSearchParams(asked).toString()}`;
}

/** The conditions of a listed silence. */
export const listedConditions = (silence: ListedSilence): Condition[] =>
  silence.matchers.map(({ name, value, isRegex, isEqual }) => ({
    label: name,
    op: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=",
    value,
  }));
