/** What a rule's expression compares with what, so that a chart can show both. Pure; what is unclear is drawn as it is. */

import type { Labels } from "../../../data/labels";

export interface Watched {
  /** What is compared: the series whose values decide. */
  series: readonly string[];
  /** Numbers that they are compared with. */
  thresholds: readonly { op: string; value: number }[];
}

const OPERATORS = ["==", "!=", ">=", "<=", ">", "<"];
const OPEN = "([{";
const CLOSE = ")]}";
const QUOTES = ['"', "'", "`"];
const MODIFIERS = /^(?:bool\b|(?:on|ignoring|group_left|group_right)\s*(?:\([\w\s,]*\))?)\s*/;

interface Token {
  text: string;
  at: number;
}

/** Signs and words outside of every bracket and text; rules are printed without comments. */
function topLevel(text: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (QUOTES.includes(sign)) at = endOfText(text, at, sign);
    else if (OPEN.includes(sign)) depth += 1;
    else if (CLOSE.includes(sign)) depth -= 1;
    else if (depth === 0) {
      const word = /^[a-zA-Z_:][\w:.]*/.exec(text.slice(at))?.[0];
      const operator = OPERATORS.find((one) => text.startsWith(one, at));
      const token = word ?? operator;
      if (token === undefined) continue;
      found.push({ text: token, at });
      at += token.length - 1;
    }
  }
  return found;
}

function endOfText(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote !== "`") at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** Without brackets around the whole. */
function bare(text: string): string {
  let inner = text.trim();
  while (inner.startsWith("(") && inner.endsWith(")") && closesAtEnd(inner)) inner = inner.slice(1, -1).trim();
  return inner;
}

function closesAtEnd(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (QUOTES.includes(sign)) at = endOfText(text, at, sign);
    else if (OPEN.includes(sign)) depth += 1;
    else if (CLOSE.includes(sign)) {
      depth -= 1;
      if (depth === 0) return at === text.length - 1;
    }
  }
  return false;
}

/** `0.9`, `-3`, `1e9`, `(5)`, `4 * 3600`; null: no number. */
export function numberOf(text: string): number | null {
  const inner = bare(text);
  if (inner === "") return null;
  const plain = Number(inner.replace(/^([+-]?)inf$/i, "$1Infinity"));
  if (!Number.isNaN(plain)) return plain;
  const parts = /^([\d.e+-]+)\s*([*/])\s*([\d.e+-]+)$/i.exec(inner);
  if (parts === null) return null;
  const [left, right] = [Number(parts[1]), Number(parts[3])];
  const value = parts[2] === "*" ? left * right : left / right;
  return Number.isNaN(value) ? null : value;
}

const SETS = new Set(["and", "or", "unless"]);
const TURNED: Readonly<Record<string, string>> = { ">": "<", "<": ">", ">=": "<=", "<=": ">=" };

/** The first condition of a rule: what stands left of its comparison, and the numbers it is compared with. */
export function watchedBy(query: string): Watched {
  let text = bare(query);
  const set = topLevel(text).find((one) => SETS.has(one.text.toLowerCase()));
  if (set !== undefined && set.at > 0) return watchedBy(text.slice(0, set.at));
  const thresholds: { op: string; value: number }[] = [];
  for (;;) {
    const comparison = topLevel(text).findLast((one) => OPERATORS.includes(one.text));
    if (comparison === undefined) return { series: [text], thresholds };
    const left = bare(text.slice(0, comparison.at));
    let right = text.slice(comparison.at + comparison.text.length).trim();
    while (MODIFIERS.test(right)) right = right.replace(MODIFIERS, "");
    const [low, high] = [numberOf(left), numberOf(right)];
    if (high !== null && low === null) {
      thresholds.unshift({ op: comparison.text, value: high });
      text = left;
    } else if (low !== null && high === null) {
      return {
        series: [bare(right)],
        thresholds: [{ op: TURNED[comparison.text] ?? comparison.text, value: low }, ...thresholds],
      };
    } else if (low === null) return { series: [left, bare(right)], thresholds };
    else return { series: [text], thresholds };
  }
}

/** The same for the series of one alert only: those that have the labels which the rule did not add itself. */
export function onlyAbout(series: string, labels: Labels, added: readonly string[]): string {
  const own = Object.entries(labels).filter(([name]) => name !== "alertname" && !added.includes(name));
  if (own.length === 0) return series;
  const vector = own.reduce(
    (inner, [name, value]) =>
      `label_replace(${inner}, ${JSON.stringify(name)}, ${JSON.stringify(value.replaceAll("$", "$$$$"))}, "", "")`,
    "vector(1)",
  );
  return `(${series}) and on (${own.map(([name]) => name).join(", ")}) ${vector}`;
}
