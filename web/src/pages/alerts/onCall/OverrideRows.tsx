import type { Member, Override } from "../../../api/onCall";
import { useSession } from "../../../queries/session";
import { Field, Select } from "../../../ui";
import { EditRows } from "../rows/EditRows";
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
  const names = members.map(({ name }) => name.trim()).filter((name) => name !== "");
  return (
    <EditRows
      label="Who takes over"
      help="For holidays and swaps; turns go on below."
      word="Takes over"
      rows={overrides}
      onChange={onChange}
      fresh={() => newOverride(members, clock.now())}
      add="Somebody takes over"
      className="flex flex-wrap items-end gap-2"
    >
      {({ member, start_ms, end_ms }, set) => (
        <>
          <Field label="Who" className="min-w-32 flex-1">
            <Select
              value={names.includes(member) ? member : null}
              options={[...new Set(names)].map((name) => ({ value: name, label: name }))}
              onChange={(next) => set({ member: next })}
            />
          </Field>
          <MomentInput label="From" at_ms={start_ms} onChange={(at_ms) => set({ start_ms: at_ms })} />
          <MomentInput label="Until" at_ms={end_ms} onChange={(at_ms) => set({ end_ms: at_ms })} />
        </>
      )}
    </EditRows>
  );
}
