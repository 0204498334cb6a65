import type { Band } from "../../../../api/rules";
import { formatDuration } from "../../../../data/duration";
import type { Interval } from "../../../../data/timeRange";
import { stretchesOf } from "./replay";

interface Props {
  word: string;
  bands: readonly Band[];
  interval: Interval;
  /** Grey: what it is compared with. */
  past?: boolean;
}

const WIDTH = 1000;

/** When it would have fired, as marks on a strip. */
export function StripView({ word, bands, interval, past = false }: Props) {
  const span = interval.end_ms - interval.start_ms;
  const firing = stretchesOf(bands, "firing", interval.end_ms, span / WIDTH);
  const total = firing.reduce((sum, one) => sum + one.end_ms - one.start_ms, 0);
  const said = firing.length === 0 ? "did not fire" : `fired for ${formatDuration(total)}`;
  return (
    <div className="rule-strip">
      <span className="muted">{word}</span>
      <svg
        viewBox={`0 0 ${WIDTH} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${word}: ${said} in this range`}
        className={past ? "rule-strip__marks rule-strip__marks--past" : "rule-strip__marks"}
      >
        {firing.map(({ start_ms, end_ms }) => (
          <rect
            key={start_ms}
            x={((start_ms - interval.start_ms) / span) * WIDTH}
            y={0}
            width={Math.max(3, ((end_ms - start_ms) / span) * WIDTH)}
            height={10}
          />
        ))}
      </svg>
    </div>
  );
}
