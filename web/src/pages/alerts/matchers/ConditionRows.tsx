import type { Condition } from "../../../api/silences";
import { Field, Select, TextInput } from "../../../ui";
import { EditRows } from "../rows/EditRows";
import { OPERATORS } from "./condition";
import "./matchers.css";

interface Props {
  label: string;
  help: string;
  conditions: readonly Condition[];
  onChange: (conditions: Condition[]) => void;
}

/** Conditions on labels, all of which must hold. */
export function ConditionRows({ label, help, conditions, onChange }: Props) {
  return (
    <EditRows
      label={label}
      help={help}
      word="Condition"
      rows={conditions}
      onChange={onChange}
      fresh={(): Condition => ({ label: "", op: "=", value: "" })}
      add="Add a condition"
      className="matcher"
    >
      {(condition, set) => (
        <>
          <Field label="Label" hideLabel>
            <TextInput
              value={condition.label}
              onChange={(name) => set({ label: name })}
              placeholder="label"
              mono
              autoCapitalize="none"
            />
          </Field>
          <Field label="Comparison" hideLabel>
            <Select value={condition.op} options={OPERATORS} onChange={(op) => set({ op })} />
          </Field>
          <Field label="Value" hideLabel>
            <TextInput
              value={condition.value}
              onChange={(value) => set({ value })}
              placeholder={condition.op.endsWith("~") ? "pattern" : "value"}
              mono
              autoCapitalize="none"
            />
          </Field>
        </>
      )}
    </EditRows>
  );
}
