import { lowerBound } from "../data/matrix";
import type { Interval } from "../data/timeRange";

interface Props {
  times_ms: Float64Array;
  values: Float64Array;
  window: Interval;
  category: number;
}

const WIDTH = 80;
const HEIGHT = 18;

/** A line without axes, thinned to its width; missing values break it. */
export function Sparkline({ times_ms, values, window, category }: Props) {
  const span = window.end_ms - window.start_ms;
  let [low, high] = [Infinity, -Infinity];
  const cells = new Float64Array(WIDTH).fill(NaN);
  for (let row = lowerBound(times_ms, times_ms.length, window.start_ms); row < times_ms.length; row += 1) {
    const value = values[row] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const cell = Math.floor((((times_ms[row] ?? 0) - window.start_ms) / span) * WIDTH);
    if (cell < 0 || cell >= WIDTH) continue;
    cells[cell] = value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // cells narrower than a step stay empty between two values: bridged up to the step's width
  const reach = Math.max(1, Math.ceil((WIDTH / Math.max(1, times_ms.length)) * 1.5));
  let path = "";
  let previous = -Infinity;
  cells.forEach((value, cell) => {
    if (Number.isNaN(value)) return;
    const y = HEIGHT - 2 - ((value - low) / (high - low || 1)) * (HEIGHT - 4);
    path += `${cell - previous > reach ? "M" : "L"}${cell} ${y.toFixed(1)}`;
    previous = cell;
  });
  return (
    <svg width={WIDTH} height={HEIGHT} className="block" aria-hidden="true">
      <path d={path} fill="none" stroke={`var(--s${category + 1})`} strokeWidth="1.25" strokeLinejoin="round" />
    </svg>
  );
}
