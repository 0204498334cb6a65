/** A rule as YAML, as rule files have it. Pure. */

import type { Rule } from "../../../../api/rules";
import { cleaned } from "../rule";

/** Read first by people, in this order; everything else behind. */
const FIRST = ["alert", "record", "expr", "condition", "for", "keep_firing_for", "keep_firing_while", "cooldown"];
/** What YAML would not take for a text. */
const OTHERS = /^(?:true|false|yes|no|on|off|null|y|n|~)$/i;
const PLAIN = /^(?:[A-Za-z_][\w./-]*(?: [\w./-]+)*|\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)$/;
/** Stands before a rule so that it is a file; that many lines come before it. */
const HEAD = ["groups:", "- name: rule", "  rules:", "  -"];

/** The rule without what only programs need. */
export function yamlOf(rule: Rule): string {
  const place = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const fields = Object.entries(cleaned({ ...rule, id: "" })).sort(([a], [b]) => place(a) - place(b));
  return `${fields.flatMap(([name, value]) => written(name, value, "")).join("\n")}\n`;
}

/** A rule file with nothing but what is written. */
export const fileOf = (text: string): string =>
  [...HEAD, ...text.split("\n").map((line) => (line.trim() === "" ? "" : `    ${line}`))].join("\n");

/** What is wrong with such a file, with lines as they are counted in what is written. */
export const problemIn = (error: string): string =>
  error.replace(/\bline (\d+)/g, (_found, line: string) => `line ${Math.max(1, Number(line) - HEAD.length)}`);

function written(name: string, value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return [`${indent}${quoted(name)}:`, ...items.flatMap((item) => asItem(item, indent))];
  }
  if (typeof value === "object" && value !== null)
    return [`${indent}${quoted(name)}:`, ...inside(value, `${indent}  `)];
  return [`${indent}${quoted(name)}: ${scalar(value, indent)}`];
}

const inside = (value: object, indent: string): string[] =>
  Object.entries(value)
    .filter(([, one]) => one !== null && one !== undefined)
    .flatMap(([name, one]) => written(name, one, indent));

function asItem(item: unknown, indent: string): string[] {
  if (typeof item !== "object" || item === null) return [`${indent}- ${scalar(item, indent)}`];
  return inside(item, `${indent}  `).map((line, at) => (at === 0 ? `${indent}- ${line.trimStart()}` : line));
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const lines = value.split("\n");
  // what begins or ends with space would be read as something else
  const isBlock = lines.length > 1 && !/^\s|\s$|[^\S\n]\n|[^\P{C}\n]/u.test(value);
  return isBlock ? ["|-", ...lines.map((line) => (line === "" ? "" : `${indent}  ${line}`))].join("\n") : quoted(value);
}

function quoted(text: string): string {
  if (PLAIN.test(text) && !OTHERS.test(text)) return text;
  return /^\P{C}+$/u.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}
