/** What a dashboard opens with, for the page's time and crosshair. */

import type { SyncMode } from "../../charts/crosshair";
import { parseDuration } from "../../data/duration";
import { REFRESH_CHOICES } from "../../data/refresh";
import type { TimeDefaults } from "../../queries/useTime";
import type { Dashboard } from "../document";

const SYNC: Readonly<Record<Dashboard["crosshair"], SyncMode>> = { off: "off", line: "crosshair", tooltip: "tooltip" };

export const syncOf = (crosshair: Dashboard["crosshair"]): SyncMode => SYNC[crosshair];

/** The pace that is offered and is not slower than the wanted one. */
function paceOf(refresh: string): string {
  const wanted_ms = parseDuration(refresh);
  if (wanted_ms === null) return "auto";
  const offered = REFRESH_CHOICES.filter((one) => one !== "auto" && Number(one) * 1000 <= wanted_ms);
  return offered.at(-1) ?? "auto";
}

export function openingOf({ timezone, refresh }: Pick<Dashboard, "timezone" | "refresh">): TimeDefaults {
  return { zone: timezone, paused: refresh === "off", refresh: paceOf(refresh) };
}
