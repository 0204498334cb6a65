/** Where the first page leads: what the person has chosen, else what they starred or looked at, else this machine. */

import type { DocumentHead } from "../../api/documents";
import type { Preferences } from "../../queries/preferences";

export type Destination = { show: "host" | "own" } | { go: string };

export function destinationOf({ home, stars, recent }: Preferences, there: readonly DocumentHead[]): Destination {
  const known = new Set(there.map((one) => one.id));
  if (home === "host") return { show: "host" };
  if (home === "list") return { go: "/dashboards" };
  // a dashboard that is gone is no place to begin
  if (known.has(home)) return { go: `/d/${home}` };
  return { show: [...stars, ...recent].some((id) => known.has(id)) ? "own" : "host" };
}
