import { useState, useSyncExternalStore } from "react";
import { inputMoment, resolveMoment, zoneName } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Field, TextInput } from "../../../ui";

interface Props {
  label: string;
  at_ms: number;
  /** NaN: what is typed is no moment. */
  onChange: (at_ms: number) => void;
}

/** A day and a time in the zone that the page shows. */
export function MomentInput({ label, at_ms, onChange }: Props) {
  const { zone, clock } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  const [typed, setTyped] = useState({ text: inputMoment(at_ms, shown), at_ms });
  // a moment from outside replaces what is typed
  if (!Object.is(typed.at_ms, at_ms)) setTyped({ text: inputMoment(at_ms, shown), at_ms });
  const note = zoneName(shown, Number.isNaN(at_ms) ? clock.now() : at_ms);
  return (
    <Field label={label} aside={<span className="muted">{note}</span>} className="min-w-44 flex-1">
      <TextInput
        type="datetime-local"
        step={1}
        value={typed.text}
        onChange={(text) => {
          const next_ms = resolveMoment(text, clock.now(), shown) ?? Number.NaN;
          setTyped({ text, at_ms: next_ms });
          onChange(next_ms);
        }}
      />
    </Field>
  );
}
