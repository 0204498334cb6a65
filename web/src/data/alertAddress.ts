/** Where one alert is shown, for every part of the page that speaks of alerts. */

import type { Labels } from "./labels";

/** What names the event of an alert in its address. */
export const BEGAN = "began";

/** The page of one alert, named by its labels; `began_ms`: what was then, not what is now. */
export function alertAddress(labels: Labels, began_ms?: number): string {
  const params = new URLSearchParams({ labels: JSON.stringify(labels) });
  if (began_ms !== undefined) params.set(BEGAN, String(Math.round(began_ms)));
  return `/alerts/alert?${params.toString()}`;
}
