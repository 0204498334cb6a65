import { Plus, X } from "lucide-react";
import type { Condition } from "../../../api/silences";
import { Button, Field, FieldGroup, IconButton, Select, TextInput } from "../../../ui";
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
  const change = (at: number, more: Partial<Condition>): void =>
    onChange(conditions.map((one, index) => (index === at ? { ...one, ...more } : one)));
  return (
    <FieldGroup label={label} help={help}>
      {conditions.map((condition, at) => (
        // rows have no names of their own, and keep their places
        <div key={at} className="matcher" role="group" aria-label={`Condition ${at + 1}`}>
          <Field label="Label" hideLabel>
            <TextInput
              value={condition.label}
              onChange={(name) => change(at, { label: name })}
              placeholder="label"
              mono
              autoCapitalize="none"
            />
          </Field>
          <Field label="Comparison" hideLabel>
            <Select value={condition.op} options={OPERATORS} onChange={(op) => change(at, { op })} />
          </Field>
          <Field label="Value" hideLabel>
            <TextInput
              value={condition.value}
              onChange={(value) => change(at, { value })}
              placeholder={condition.op.endsWith("~") ? "pattern" : "value"}
              mono
              autoCapitalize="none"
            />
          </Field>
          <IconButton
            icon={X}
            label={`Remove condition ${at + 1}`}
            onClick={() => onChange(conditions.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => onChange([...conditions, { label: "", op: "=", value: "" }])}
      >
        Add a condition
      </Button>
    </FieldGroup>
  );
}
