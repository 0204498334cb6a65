/** Where one alert is shown, for every part of the page that speaks of alerts. */

import type { Labels } from "./labels";

/** The page of one alert, named by its labels; `at_ms`: what was then, not what is now. */
export function alertAddress(labels: Labels, at_ms?: number): string {
  const params = new URLSearchParams({ labels: JSON.stringify(labels) });
  if (at_ms !== undefined) params.set("at", String(Math.round(at_ms)));
  return `/alerts/alert?${params.toString()}`;
}
