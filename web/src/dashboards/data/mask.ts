/** PromQL with variables as text that a parser of plain PromQL reads: every place stays where it is. */

import { literals, references } from "./references";

const DURATION_BEFORE = /(?:\[|:|\boffset\s+-?)\s*$/i;

/** A duration where one is expected, else a name, as long as what it stands for. */
export function maskVariables(promql: string): string {
  const quotes = literals(promql);
  let [out, at] = ["", 0];
  for (const { from, to } of references(promql)) {
    if (quotes.some((one) => from >= one.from && to <= one.to)) continue;
    out += promql.slice(at, from);
    const length = to - from;
    out += DURATION_BEFORE.test(promql.slice(0, from)) ? `${"1".repeat(length - 1)}s` : "_".repeat(length);
    at = to;
  }
  return out + promql.slice(at);
}
