import { lowerBound } from "../data/matrix";
import type { Interval } from "../data/timeRange";

interface Props {
  times: Float64Array;
  values: Float64Array;
  window: Interval;
  /** CSS, such as `var(--s1)`. */
  color: string;
  area?: boolean;
  className?: string;
}

const WIDTH = 240;
const HEIGHT = 60;

/** Lowest and highest of each of WIDTH columns, and the runs between gaps, in a box of WIDTH by HEIGHT. */
export function sparkRuns(
  times: Float64Array,
  values: Float64Array,
  window: Interval,
  area: boolean,
): [number, number][][] {
  const span = window.end_ms - window.start_ms;
  const first = lowerBound(times, times.length, window.start_ms);
  let [low, high] = [Infinity, -Infinity];
  for (let row = first; row < times.length && (times[row] ?? 0) <= window.end_ms; row += 1) {
    const value = values[row] ?? NaN;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // an area starts at zero unless the values are far from it, where it would be a block
  if (area && low > 0 && low < high * 0.75) low = 0;
  const every = Math.max(1, Math.floor((times.length - first) / (WIDTH * 2)));
  const found: [number, number][][] = [];
  let open: [number, number][] | null = null;
  for (let row = first; row < times.length && (times[row] ?? 0) <= window.end_ms; row += every) {
    const value = values[row] ?? NaN;
    if (!Number.isFinite(value)) {
      open = null;
      continue;
    }
    if (open === null) found.push((open = []));
    const height = high === low ? 0.5 : (value - low) / (high - low);
    open.push([(((times[row] ?? 0) - window.start_ms) / span) * WIDTH, HEIGHT - 3 - height * (HEIGHT - 6)]);
  }
  return found;
}

/** A line without axes that fills its box; missing values break it. */
export function Spark({ times, values, window, color, area = false, className }: Props) {
  const found = sparkRuns(times, values, window, area);
  const line = found.map((run) => `M${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`).join("");
  const below = found
    .map((run) => {
      const [start, end] = [run[0], run.at(-1)];
      if (start === undefined || end === undefined) return "";
      return `M${start[0].toFixed(1)} ${HEIGHT}L${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}L${end[0].toFixed(1)} ${HEIGHT}Z`;
    })
    .join("");
  return (
    <svg className={className} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {area ? <path d={below} fill={color} fillOpacity="0.1" /> : null}
      <path
        d={line}
        fill="none"
        stroke={color}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
