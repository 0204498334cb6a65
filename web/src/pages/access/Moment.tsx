import { useSyncExternalStore } from "react";
import { formatMoment } from "../../data/timeRange";
import { useSession } from "../../queries/session";

const MINUTE_MS = 60_000;
const UNITS: readonly [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [MINUTE_MS, "m"],
];

/** One unit, rounded: "3 m", "30 d". */
function about(size_ms: number): string {
  const [unit_ms, name] = UNITS.find(([limit_ms]) => size_ms >= limit_ms) ?? [MINUTE_MS, "m"];
  return `${Math.round(size_ms / unit_ms)}\u2009${name}`;
}
const WEEK_MS = 7 * 86_400_000;

/** "3 m ago", "in 12 d", or the day where it is long ago; the whole moment when pointed at. */
export function Moment({ at_ms, never = "Never" }: { at_ms: number; never?: string }) {
  const { clock, zone } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  if (at_ms === 0) return <span className="muted">{never}</span>;
  const whole = formatMoment(at_ms, shown, true, true);
  const away_ms = at_ms - clock.now();
  const size_ms = Math.abs(away_ms);
  const short = about(size_ms);
  const text =
    size_ms < MINUTE_MS ? (away_ms > 0 ? "in a minute" : "just now") : away_ms > 0 ? `in ${short}` : `${short} ago`;
  return (
    <time className="num" dateTime={new Date(at_ms).toISOString()} title={whole}>
      {away_ms < -WEEK_MS ? formatMoment(at_ms, shown, true, false) : text}
    </time>
  );
}
