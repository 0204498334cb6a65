import { useQuery } from "@tanstack/react-query";
import { listDocuments } from "../../../api/documents";
import { Field, Select, TextInput } from "../../../ui";

/** Where a rule is kept: the id of a group, or the name of one that is made with it. */
export type GroupChoice = { id: string } | { name: string };

interface Props {
  value: GroupChoice;
  onChange: (value: GroupChoice) => void;
  /** A rule stays in its group. */
  fixed: boolean;
}

const NEW = "new";

/** Rules of a group are evaluated together, in order. */
export function GroupField({ value, onChange, fixed }: Props) {
  const { data } = useQuery({
    queryKey: ["rule groups"],
    queryFn: ({ signal }) => listDocuments("rule_group", signal),
  });
  const groups = data ?? [];
  const chosen = "id" in value ? value.id : NEW;
  return (
    <>
      <Field label="Group" {...(fixed ? {} : { help: "Rules of a group are evaluated together, in order." })}>
        <Select
          value={chosen}
          disabled={fixed}
          options={[
            ...groups.map((one) => ({ value: one.id, label: one.name })),
            ...(fixed ? [] : [{ value: NEW, label: "New group" }]),
          ]}
          onChange={(id) => onChange(id === NEW ? { name: "" } : { id })}
        />
      </Field>
      {"name" in value ? (
        <Field label="Name of the group" required>
          <TextInput value={value.name} onChange={(name) => onChange({ name })} maxLength={200} />
        </Field>
      ) : null}
    </>
  );
}
