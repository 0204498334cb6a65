/** What a variable offers, and which of it is chosen. Pure. */

import { promDuration } from "../../data/duration";
import type { Variable } from "../document";
import { namesIn } from "./references";
import type { VariableValue } from "./scope";

/** Stands in the address for everything. */
export const ALL = "$__all";
/** An interval that follows the range. */
export const AUTO = "auto";

export interface Option {
  value: string;
  text: string;
}

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Kinds whose values are asked for. */
export const isAsked = ({ kind }: Variable): boolean => kind === "label_values" || kind === "query";
/** Kinds with a list to choose from. */
export const isListed = ({ kind }: Variable): boolean => kind !== "text" && kind !== "constant" && kind !== "adhoc";

/** `text : value` as the author writes it; a value alone is its own text. */
export function parseOption(written: string): Option {
  const [, text, value] = /^\s*(.*?)\s+:\s+(.*?)\s*$/s.exec(written) ?? [];
  return value === undefined ? { text: written.trim(), value: written.trim() } : { text: text ?? value, value };
}

/** What the expression keeps of each value: its group `value`, or the first, or all; `text` may be a group too. */
export function filtered(values: readonly string[], expression: string): Option[] {
  const regex = compile(expression);
  const kept = new Map<string, Option>();
  for (const one of values) {
    const match = regex === null ? null : regex.exec(one);
    if (regex !== null && match === null) continue;
    const value = match?.groups?.["value"] ?? match?.[1] ?? one;
    if (!kept.has(value)) kept.set(value, { value, text: match?.groups?.["text"] ?? value });
  }
  return [...kept.values()];
}

function compile(expression: string): RegExp | null {
  if (expression === "") return null;
  const parts = /^\/(.*)\/([imsu]*)$/s.exec(expression);
  try {
    return parts === null ? new RegExp(expression) : new RegExp(parts[1] ?? "", parts[2]);
  } catch {
    return null;
  }
}

/** Why an expression cannot be used, or null. */
export function regexProblem(expression: string): string | null {
  return expression !== "" && compile(expression) === null ? "Not a regular expression." : null;
}

export function sorted(options: readonly Option[], order: Variable["sort"]): Option[] {
  if (order === "none") return [...options];
  const compare: Record<Exclude<Variable["sort"], "none">, (a: Option, b: Option) => number> = {
    text: (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
    natural: (a, b) => natural.compare(a.text, b.text),
    number: (a, b) => Number.parseFloat(a.text) - Number.parseFloat(b.text) || natural.compare(a.text, b.text),
  };
  return [...options].sort(compare[order]);
}

/** All that a variable offers; `asked` is what the server said. */
export function offered(variable: Variable, asked: readonly string[]): Option[] {
  if (isAsked(variable)) return sorted(filtered(asked, variable.regex), variable.sort);
  return variable.values.map(parseOption);
}

export interface Choice {
  chosen: readonly string[];
  all: boolean;
}

/** What is chosen: by the address, else the author's default, else the first. `known`: what is offered is known. */
export function chosen(
  variable: Variable,
  address: readonly string[],
  options: readonly Option[],
  known: boolean,
): Choice {
  const { multi, with_all } = variable;
  if (variable.kind === "constant") return { chosen: [variable.values[0] ?? variable.query], all: false };
  if (variable.kind === "text") return { chosen: [address[0] ?? variable.default[0] ?? ""], all: false };
  const there = new Set(options.map((one) => one.value));
  for (const wish of [address, variable.default]) {
    if (wish.includes(ALL) && with_all) return { chosen: [], all: true };
    const fits = wish.filter((one) => one !== ALL && (!known || there.has(one)));
    if (fits.length > 0) return { chosen: multi ? fits : fits.slice(0, 1), all: false };
  }
  if (with_all && variable.default.length === 0) return { chosen: [], all: true };
  const [first] = options;
  return { chosen: first === undefined ? [] : [first.value], all: false };
}

/** A choice as questions speak of it. */
export function valueOf(
  variable: Variable,
  { chosen: picked, all }: Choice,
  options: readonly Option[],
  step_ms: number,
  loading = false,
): VariableValue {
  const values = all ? options.map((one) => one.value) : picked;
  const texts = new Map(options.map((one) => [one.value, one.text]));
  const auto = variable.kind === "interval";
  return {
    values: auto ? values.map((one) => (one === AUTO ? promDuration(step_ms) : one)) : values,
    texts: all ? ["All"] : picked.map((one) => texts.get(one) ?? one),
    all,
    ...(all ? { allTexts: options.map((one) => one.text) } : {}),
    allValue: variable.all_value,
    ...(loading && values.length === 0 && !(all && variable.all_value !== "") ? { pending: true } : {}),
    trusted:
      variable.kind === "constant" || ((variable.kind === "custom" || auto) && picked.every((one) => texts.has(one))),
  };
}

/** Variables that one cannot do without, by name, as far as they are before it. */
export function before(variable: Variable, variables: readonly Variable[]): string[] {
  const names = namesIn(`${variable.query} ${variable.regex} ${variable.of_label}`);
  const at = variables.indexOf(variable);
  return variables
    .slice(0, at)
    .filter((one) => names.has(one.name))
    .map((one) => one.name);
}

/** Names that a variable speaks of although they come after it, or are itself. */
export function tooLate(variable: Variable, variables: readonly Variable[]): string[] {
  const names = namesIn(variable.query);
  const at = variables.indexOf(variable);
  return variables
    .slice(at)
    .filter((one) => names.has(one.name))
    .map((one) => one.name);
}
