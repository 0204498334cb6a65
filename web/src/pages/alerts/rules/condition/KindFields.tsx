import type { Absence, Change, Condition, Direction, Threshold } from "../../../../api/rules";
import { Field, NumberInput, Segmented, Select } from "../../../../ui";
import { AnomalyFields } from "./AnomalyFields";
import { CompareFields, ComparisonField } from "./CompareFields";
import { DurationField } from "../../../../promql/DurationField";
import { QueryField } from "./QueryField";

interface FieldsProps<C extends Condition> {
  condition: C;
  onChange: (condition: C) => void;
  /** In front of every label, where there are several conditions. */
  name: string;
}

const typed = (value: number | null): number => value ?? NaN;

const DIRECTIONS: readonly { value: Direction; label: string }[] = [
  { value: "both", label: "Either way" },
  { value: "up", label: "Up" },
  { value: "down", label: "Down" },
];

function DirectionField({ value, onChange }: { value: Direction; onChange: (value: Direction) => void }) {
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        Direction
      </span>
      <Segmented label="Direction" fill value={value} choices={DIRECTIONS} onChange={onChange} />
    </div>
  );
}

function ThresholdFields({ condition, onChange, name }: FieldsProps<Threshold>) {
  const { query, op, value, recover = null } = condition;
  // within others the server knows nothing of it
  const sided = name === "" && op !== "==" && op !== "!=";
  return (
    <>
      <QueryField label={`${name}Query`} text={query} onChange={(next) => onChange({ ...condition, query: next })} />
      <div className="rule-row">
        <ComparisonField
          value={op}
          onChange={(next) =>
            onChange({ ...condition, op: next, ...(next === "==" || next === "!=" ? { recover: null } : {}) })
          }
        />
        <Field label="Value" required>
          <NumberInput value={value} onChange={(next) => onChange({ ...condition, value: typed(next) })} />
        </Field>
        {sided ? (
          <Field label={op.startsWith(">") ? "Resolve below" : "Resolve above"}>
            <NumberInput
              value={recover}
              placeholder="the same"
              onChange={(next) => onChange({ ...condition, recover: next })}
            />
          </Field>
        ) : null}
      </div>
    </>
  );
}

function ChangeFields({ condition, onChange, name }: FieldsProps<Change>) {
  const { query, over, by, unit = "percent", direction = "both" } = condition;
  return (
    <>
      <QueryField label={`${name}Query`} text={query} onChange={(next) => onChange({ ...condition, query: next })} />
      <div className="rule-row">
        <Field label="By more than" required>
          <NumberInput value={by} min={0} onChange={(next) => onChange({ ...condition, by: typed(next) })} />
        </Field>
        <Field label="In">
          <Select
            value={unit}
            options={[
              { value: "percent", label: "percent" },
              { value: "absolute", label: "its own unit" },
            ]}
            onChange={(next) => onChange({ ...condition, unit: next })}
          />
        </Field>
        <DurationField label="Within" needed value={over} onChange={(next) => onChange({ ...condition, over: next })} />
      </div>
      <DirectionField value={direction} onChange={(next) => onChange({ ...condition, direction: next })} />
    </>
  );
}

function AbsenceFields({ condition, onChange, name }: FieldsProps<Absence>) {
  return (
    <>
      <QueryField
        label={`${name}Query`}
        text={condition.query}
        help="It fires while this finds no series at all."
        onChange={(query) => onChange({ ...condition, query })}
      />
      <DurationField
        label="Nothing for"
        value={condition.over ?? ""}
        help="Empty: nothing at the moment of the evaluation."
        onChange={(over) => onChange({ ...condition, over })}
      />
    </>
  );
}

/** The fields of a condition that is about queries; those of several conditions are in `SeveralFields`. */
export function KindFields({ condition, onChange, name }: FieldsProps<Condition>) {
  switch (condition.kind) {
    case "threshold":
      return <ThresholdFields condition={condition} onChange={onChange} name={name} />;
    case "compare":
      return <CompareFields condition={condition} onChange={onChange} name={name} />;
    case "change":
      return <ChangeFields condition={condition} onChange={onChange} name={name} />;
    case "absence":
      return <AbsenceFields condition={condition} onChange={onChange} name={name} />;
    case "anomaly":
      return <AnomalyFields condition={condition} onChange={onChange} name={name} />;
    case "promql":
      return (
        <QueryField
          label={`${name}Expression`}
          text={condition.query}
          onChange={(query) => onChange({ ...condition, query })}
        />
      );
    default:
      return null;
  }
}
