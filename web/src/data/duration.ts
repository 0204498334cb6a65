/** Durations as Prometheus writes them (1h30m), in milliseconds. */

const UNITS_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)/y;

/** Milliseconds of "90s" or "1h30m"; null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  let total = 0;
  PART.lastIndex = 0;
  if (text === "") return null;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) return null;
    total += Number(match[1]) * (UNITS_MS[match[2] ?? ""] ?? NaN);
  }
  return total;
}

/** Why a text is no duration, or null. */
export function durationProblem(text: string, needed = false): string | null {
  if (text.trim() === "") return needed ? "A duration, such as 5m." : null;
  const size_ms = parseDuration(text.trim());
  if (size_ms === null) return "Not a duration. Try 30s, 5m or 1h30m.";
  return needed && size_ms <= 0 ? "More than zero." : null;
}

/** The two largest units, with thin spaces: "7 m 40 s", "12 d 4 h", "250 ms". */
export function formatDuration(duration_ms: number): string {
  if (duration_ms < 1000) return `${Math.round(duration_ms)}\u2009ms`;
  const steps: [number, string][] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "m"],
    [1000, "s"],
  ];
  let rest = Math.round(duration_ms / 1000) * 1000;
  const parts: string[] = [];
  for (const [size_ms, unit] of steps) {
    const count = Math.floor(rest / size_ms);
    if (count === 0 && parts.length === 0) continue;
    rest -= count * size_ms;
    if (count > 0) parts.push(`${count}\u2009${unit}`);
    else break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** As PromQL reads it: 90000 -> "90s", 120000 -> "2m". */
export function promDuration(duration_ms: number): string {
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const size_ms = UNITS_MS[unit] ?? 1;
    if (duration_ms >= size_ms && duration_ms % size_ms === 0) return `${duration_ms / size_ms}${unit}`;
  }
  return `${duration_ms}ms`;
}
