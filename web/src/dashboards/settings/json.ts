/** A dashboard's content as text that can be edited. */

import type { Dashboard } from "../document";
import { readDashboard, writeDashboard } from "../document";

export const jsonOf = (spec: Dashboard): string => JSON.stringify(writeDashboard(spec), null, 2);

/** Where JSON ends to be JSON, as far as the browser tells: line and column from 1. */
function placeIn(text: string, message: string): string {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at === undefined) return "";
  const before = text.slice(0, Number(at)).split("\n");
  return ` in line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/** What the text says, and what is sent to be checked. Raises an Error that says where it is no JSON. */
export function readJson(text: string): { given: unknown; spec: Dashboard } {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`This is no JSON${placeIn(text, message)}.`, { cause: failure });
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new Error("A dashboard is an object: { ... }");
  }
  return { given, spec: readDashboard(given) };
}
