/** A file that was exported, as a new dashboard. */

import { readDashboard, writeDashboard } from "../../dashboards/document";

/** Raises an Error that says what is wrong with the text. */
export function readImport(text: string): { name: string; spec: unknown } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("this is no JSON");
  }
  const { kind, name, spec } = (typeof parsed === "object" && parsed !== null ? parsed : {}) as Record<string, unknown>;
  if (kind !== "vedette/dashboard" || typeof name !== "string" || typeof spec !== "object") {
    throw new Error("this is no exported dashboard of Vedette");
  }
  return { name, spec: writeDashboard(readDashboard(spec)) };
}
