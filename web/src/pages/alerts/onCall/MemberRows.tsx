import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import type { Member } from "../../../api/onCall";
import { Button, Field, FieldGroup, IconButton, Select, TextInput } from "../../../ui";

interface Props {
  members: readonly Member[];
  contacts: readonly string[];
  onChange: (members: Member[]) => void;
}

/** Who takes turns, in their order. */
export function MemberRows({ members, contacts, onChange }: Props) {
  const set = (at: number, more: Partial<Member>): void =>
    onChange(members.map((one, index) => (index === at ? { ...one, ...more } : one)));
  const move = (at: number, by: number): void => {
    const next = [...members];
    const [one] = next.splice(at, 1);
    if (one !== undefined) next.splice(at + by, 0, one);
    onChange(next);
  };
  return (
    <FieldGroup label="Who takes turns" help="A week each, in this order.">
      {members.map(({ name, contact_point }, at) => (
        // rows have no names of their own
        <div key={at} className="member" role="group" aria-label={`Turn ${at + 1}`}>
          <Field label="Name" hideLabel>
            <TextInput value={name} onChange={(next) => set(at, { name: next })} placeholder="Name" maxLength={200} />
          </Field>
          <Field label="Contact point" hideLabel>
            <Select
              value={contact_point === "" ? null : contact_point}
              placeholder="Reached by"
              options={[...new Set([...contacts, ...(contact_point === "" ? [] : [contact_point])])].map((one) => ({
                value: one,
                label: contacts.includes(one) ? one : `${one} (not there)`,
              }))}
              onChange={(next) => set(at, { contact_point: next })}
            />
          </Field>
          <span className="flex">
            <IconButton
              icon={ArrowUp}
              label={`Turn ${at + 1}: earlier`}
              disabled={at === 0}
              onClick={() => move(at, -1)}
            />
            <IconButton
              icon={ArrowDown}
              label={`Turn ${at + 1}: later`}
              disabled={at === members.length - 1}
              onClick={() => move(at, 1)}
            />
            <IconButton
              icon={X}
              label={`Turn ${at + 1}: remove`}
              onClick={() => onChange(members.filter((_, index) => index !== at))}
            />
          </span>
        </div>
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => onChange([...members, { name: "", contact_point: "" }])}
      >
        Add somebody
      </Button>
    </FieldGroup>
  );
}
