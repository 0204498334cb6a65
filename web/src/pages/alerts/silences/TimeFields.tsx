import { useState, useSyncExternalStore } from "react";
import type { Silence } from "../../../api/silences";
import { inputMoment, resolveMoment, zoneName } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Button, Field, TextInput } from "../../../ui";
import { LENGTHS, wholeSecond } from "./silence";

interface Props {
  silence: Silence;
  onChange: (silence: Silence) => void;
}

/** From when until when, in the zone that the page shows. */
export function TimeFields({ silence, onChange }: Props) {
  const { zone, clock } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  const { starts_ms, ends_ms } = silence;
  const note = zoneName(shown, Number.isNaN(ends_ms) ? 0 : ends_ms);
  const endAfter = (length_ms: number): void => {
    const from_ms = Number.isNaN(starts_ms) ? clock.now() : Math.max(starts_ms, clock.now());
    onChange({ ...silence, ends_ms: wholeSecond(from_ms) + length_ms });
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-3">
        <Edge label="From" at_ms={starts_ms} note={note} set={(at_ms) => onChange({ ...silence, starts_ms: at_ms })} />
        <Edge label="Until" at_ms={ends_ms} note={note} set={(at_ms) => onChange({ ...silence, ends_ms: at_ms })} />
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

interface EdgeProps {
  label: string;
  at_ms: number;
  note: string;
  /** NaN: what is typed is no moment. */
  set: (at_ms: number) => void;
}

function Edge({ label, at_ms, note, set }: EdgeProps) {
  const { zone, clock } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  const [typed, setTyped] = useState({ text: inputMoment(at_ms, shown), at_ms });
  // a moment from outside replaces what is typed
  if (!Object.is(typed.at_ms, at_ms)) setTyped({ text: inputMoment(at_ms, shown), at_ms });
  return (
    <Field label={label} aside={<span className="muted">{note}</span>} className="min-w-44 flex-1">
      <TextInput
        type="datetime-local"
        step={1}
        value={typed.text}
        onChange={(text) => {
          const next_ms = resolveMoment(text, clock.now(), shown) ?? Number.NaN;
          setTyped({ text, at_ms: next_ms });
          set(next_ms);
        }}
      />
    </Field>
  );
}
