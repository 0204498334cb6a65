import { formatDuration } from "../../../../data/duration";
import { formatCount } from "../../../../data/format";
import type { Verdict } from "./replay";

interface Props {
  now: Verdict;
  /** What the saved rule would have done; null: there is none, or it says the same. */
  before: Verdict | null;
}

const TILES: readonly { name: string; read: (verdict: Verdict) => string }[] = [
  { name: "Would have fired", read: ({ fired }) => formatCount(fired) },
  { name: "Time firing", read: ({ firing_ms }) => (firing_ms === 0 ? "0" : formatDuration(firing_ms)) },
  { name: "Notifications", read: ({ notifications }) => formatCount(notifications) },
  { name: "Flapping", read: ({ flapping }) => formatCount(flapping) },
];

/** What came of it in four numbers, beside those of the rule as it is saved. */
export function Verdicts({ now, before }: Props) {
  return (
    <div role="group" aria-label="What the rule would have done">
      <dl className="rule-verdicts">
        {TILES.map(({ name, read }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{read(now)}</dd>
            <dd className="rule-verdicts__was num">{before === null ? "" : `was ${read(before)}`}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
