import { timeLabel, timeStep, timeTicks } from "../charts/ticks";
import type { Zone, Interval } from "../data/timeRange";

interface Props {
  window: Interval;
  zone: Zone;
  left: number;
  width: number;
  y: number;
}

/** Moments below a picture made of elements, as below the charts. */
export function TimeAxis({ window, zone, left, width, y }: Props) {
  const span = window.end_ms - window.start_ms;
  const step = timeStep(span, Math.max(1, width / (span < 600_000 ? 92 : 76)));
  return (
    <>
      {timeTicks(window.start_ms, window.end_ms, step, zone).map((time_ms) => {
        const x = ((time_ms - window.start_ms) / span) * width;
        if (x < 16 || x > width - 20) return null;
        return (
          <text key={time_ms} x={left + x} y={y} textAnchor="middle">
            {timeLabel(time_ms, step, zone)}
          </text>
        );
      })}
    </>
  );
}
