import type { Silence } from "../../../api/silences";
import { useSession } from "../../../queries/session";
import { Button } from "../../../ui";
import { MomentInput } from "../times/MomentInput";
import { LENGTHS, wholeSecond } from "./silence";

interface Props {
  silence: Silence;
  onChange: (silence: Silence) => void;
}

/** From when until when. */
export function TimeFields({ silence, onChange }: Props) {
  const { clock } = useSession();
  const { starts_ms, ends_ms } = silence;
  const endAfter = (length_ms: number): void => {
    const from_ms = Number.isNaN(starts_ms) ? clock.now() : Math.max(starts_ms, clock.now());
    onChange({ ...silence, ends_ms: wholeSecond(from_ms) + length_ms });
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-3">
        <MomentInput label="From" at_ms={starts_ms} onChange={(at_ms) => onChange({ ...silence, starts_ms: at_ms })} />
        <MomentInput label="Until" at_ms={ends_ms} onChange={(at_ms) => onChange({ ...silence, ends_ms: at_ms })} />
      </div>
      <div className="flex flex-wrap items-center gap-2" role="group" aria-label="How long">
        {LENGTHS.map(({ label, length_ms }) => (
          <Button key={label} small onClick={() => endAfter(length_ms)}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
