import type { Member } from "../../../api/onCall";
import { Field, Select, TextInput } from "../../../ui";
import { EditRows } from "../rows/EditRows";
import { withMissing } from "../rows/withMissing";

interface Props {
  members: readonly Member[];
  contacts: readonly string[];
  onChange: (members: Member[]) => void;
}

/** Who takes turns, in their order. */
export function MemberRows({ members, contacts, onChange }: Props) {
  return (
    <EditRows
      label="Who takes turns"
      help="A week each, in this order."
      word="Turn"
      rows={members}
      onChange={onChange}
      fresh={() => ({ name: "", contact_point: "" })}
      add="Add somebody"
      className="member"
      ordered
    >
      {({ name, contact_point }, set) => (
        <>
          <Field label="Name" hideLabel>
            <TextInput value={name} onChange={(next) => set({ name: next })} placeholder="Name" maxLength={200} />
          </Field>
          <Field label="Contact point" hideLabel>
            <Select
              value={contact_point === "" ? null : contact_point}
              placeholder="Reached by"
              options={withMissing(contacts, contact_point)}
              onChange={(next) => set({ contact_point: next })}
            />
          </Field>
        </>
      )}
    </EditRows>
  );
}
