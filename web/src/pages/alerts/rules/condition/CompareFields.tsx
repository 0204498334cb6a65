import { useState } from "react";
import type { Compare, Comparison } from "../../../../api/rules";
import { Field, NumberInput, Select, TextInput } from "../../../../ui";
import { COMPARISONS } from "./condition";
import { QueryField } from "./QueryField";

export function ComparisonField({ value, onChange }: { value: Comparison; onChange: (value: Comparison) => void }) {
  return (
    <Field label="Is">
      <Select value={value} options={COMPARISONS} onChange={onChange} />
    </Field>
  );
}

interface Props {
  condition: Compare;
  onChange: (condition: Compare) => void;
  name: string;
}

/** One query against another. */
export function CompareFields({ condition, onChange, name }: Props) {
  const { left, op, right, factor = 1, on = null } = condition;
  return (
    <>
      <QueryField label={`${name}Query`} text={left} onChange={(next) => onChange({ ...condition, left: next })} />
      <div className="rule-row">
        <ComparisonField value={op} onChange={(next) => onChange({ ...condition, op: next })} />
        <Field label="Times">
          <NumberInput value={factor} onChange={(next) => onChange({ ...condition, factor: next ?? NaN })} />
        </Field>
        <LabelsField on={on} onChange={(next) => onChange({ ...condition, on: next })} />
      </div>
      <QueryField
        label={`${name}Other query`}
        text={right}
        onChange={(next) => onChange({ ...condition, right: next })}
      />
    </>
  );
}

interface LabelsProps {
  on: readonly string[] | null;
  onChange: (on: readonly string[] | null) => void;
}

/** The labels by which series are paired; none: by all. */
export function LabelsField({ on, onChange }: LabelsProps) {
  const [text, setText] = useState((on ?? []).join(", "));
  const take = (next: string): void => {
    setText(next);
    const names = next.split(/[\s,]+/).filter(Boolean);
    onChange(names.length === 0 ? null : names);
  };
  return (
    <Field label="Paired by">
      <TextInput value={text} onChange={take} mono autoCapitalize="none" placeholder="all labels" />
    </Field>
  );
}
