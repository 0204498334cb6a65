/** Filters of a whole dashboard: matchers added to every selector of a PromQL text, by its syntax tree. */

import { parser, VectorSelector, LabelMatchers } from "@prometheus-io/lezer-promql";
import { quoted } from "./references";

export interface AdhocFilter {
  label: string;
  op: "=" | "!=" | "=~" | "!~";
  value: string;
}

const OPS = ["=~", "!~", "!=", "="] as const;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** As it stands in the address: `label=~value`. */
export const filterText = ({ label, op, value }: AdhocFilter): string => `${label}${op}${value}`;

/** What `filterText` wrote; null for anything else. */
export function parseFilter(text: string): AdhocFilter | null {
  const at = text.search(/[=!]/);
  const op = OPS.find((one) => text.startsWith(one, at));
  if (at <= 0 || op === undefined) return null;
  return { label: text.slice(0, at), op, value: text.slice(at + op.length) };
}

export const matcherText = ({ label, op, value }: AdhocFilter): string =>
  `${PLAIN.test(label) ? label : quoted(label)}${op}${quoted(value)}`;

/** The text with the filters in each of its selectors; a text that cannot be read stays as it is. */
export function addFilters(promql: string, filters: readonly AdhocFilter[]): string {
  if (filters.length === 0) return promql;
  const added = filters.map(matcherText).join(", ");
  const inserts: { at: number; text: string }[] = [];
  const errors: number[] = [];
  parser.parse(promql).iterate({
    enter: ({ type, node }) => {
      if (type.isError) errors.push(node.from);
      if (type.id !== VectorSelector) return;
      const matchers = node.getChild(LabelMatchers);
      if (matchers === null) {
        inserts.push({ at: node.to, text: `{${added}}` });
        return;
      }
      const inside = promql.slice(matchers.from + 1, matchers.to - 1).trim();
      const comma = inside === "" || inside.endsWith(",") ? "" : ", ";
      inserts.push({ at: matchers.to - 1, text: comma + added });
    },
  });
  if (errors.length > 0) return promql;
  let out = promql;
  for (const { at, text } of inserts.reverse()) out = out.slice(0, at) + text + out.slice(at);
  return out;
}
