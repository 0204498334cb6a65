/** States of alerts in words and marks. */

import type { Status } from "../../../ui";
import type { Labels } from "../../../data/labels";
import type { AlertState } from "./alerts";

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  firing: "Firing",
  acknowledged: "Acknowledged",
  pending: "Pending",
  silenced: "Silenced",
  inhibited: "Inhibited",
};

export const STATE_MARKS: Readonly<Record<AlertState, Status>> = {
  firing: "crit",
  acknowledged: "info",
  pending: "warn",
  silenced: "unknown",
  inhibited: "unknown",
};

const OWN = new Set(["alertname", "severity", "__name__", "alertstate"]);

/** What tells an alert from others of its rule: "instance=a, job=b". */
export const labelWords = (labels: Labels, without = ""): string =>
  Object.entries(labels)
    .filter(([name]) => !OWN.has(name) && name !== without)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

/** An address that may be opened: http and https only. */
export function safeAddress(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
