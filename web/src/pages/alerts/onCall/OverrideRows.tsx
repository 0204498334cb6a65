import { Plus, X } from "lucide-react";
import type { Member, Override } from "../../../api/onCall";
import { useSession } from "../../../queries/session";
import { Button, Field, FieldGroup, IconButton, Select } from "../../../ui";
import { MomentInput } from "../times/MomentInput";
import { newOverride } from "./schedule";

interface Props {
  overrides: readonly Override[];
  members: readonly Member[];
  onChange: (overrides: Override[]) => void;
}

/** Who takes over from whoever's turn it is, and when. */
export function OverrideRows({ overrides, members, onChange }: Props) {
  const { clock } = useSession();
  const set = (at: number, more: Partial<Override>): void =>
    onChange(overrides.map((one, index) => (index === at ? { ...one, ...more } : one)));
  const names = members.map(({ name }) => name.trim()).filter((name) => name !== "");
  return (
    <FieldGroup label="Who takes over" help="For holidays and swaps; turns go on below.">
      {overrides.map(({ member, start_ms, end_ms }, at) => (
        // rows have no names of their own
        <div key={at} className="flex flex-wrap items-end gap-2" role="group" aria-label={`Takes over ${at + 1}`}>
          <Field label="Who" className="min-w-32 flex-1">
            <Select
              value={names.includes(member) ? member : null}
              options={[...new Set(names)].map((name) => ({ value: name, label: name }))}
              onChange={(next) => set(at, { member: next })}
            />
          </Field>
          <MomentInput label="From" at_ms={start_ms} onChange={(at_ms) => set(at, { start_ms: at_ms })} />
          <MomentInput label="Until" at_ms={end_ms} onChange={(at_ms) => set(at, { end_ms: at_ms })} />
          <IconButton
            icon={X}
            label={`Takes over ${at + 1}: remove`}
            onClick={() => onChange(overrides.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => onChange([...overrides, newOverride(members, clock.now())])}
      >
        Somebody takes over
      </Button>
    </FieldGroup>
  );
}
