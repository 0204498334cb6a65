import { Plus, Trash2 } from "lucide-react";
import { Button, Field, IconButton, NumberInput, Select, TextInput } from "../../ui";
import type { ThresholdOptions } from "../document";
import { STATUSES } from "./choices";

interface Props {
  thresholds: readonly ThresholdOptions[];
  onChange: (thresholds: ThresholdOptions[]) => void;
}

/** The next step above the highest. */
function next(thresholds: readonly ThresholdOptions[]): ThresholdOptions {
  const values = thresholds.map((one) => one.value).filter((one) => one != null);
  const highest = values.length === 0 ? null : Math.max(...values);
  return { status: thresholds.length === 0 ? "warn" : "crit", value: highest === null ? 80 : highest * 1.25 };
}

/** From a value on, a status; below all of them there is none, unless one has no value. */
export function ThresholdList({ thresholds, onChange }: Props) {
  const set = (at: number, change: ThresholdOptions): void =>
    onChange(thresholds.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <fieldset className="edit-group">
      <legend className="edit-legend">
        <span className="label">Thresholds</span>
        <IconButton icon={Plus} label="Add a threshold" onClick={() => onChange([...thresholds, next(thresholds)])} />
      </legend>
      {thresholds.map((one, at) => (
        // thresholds have no name of their own and stay in their order
        <div key={at} className="edit-line">
          <i className={`st st--${one.status === undefined || one.status === "none" ? "unknown" : one.status}`} />
          <Field label={`Threshold ${at + 1}: from`} hideLabel>
            <NumberInput
              value={one.value ?? null}
              placeholder="lowest"
              onChange={(value) => {
                if (!Number.isNaN(value)) set(at, { value });
              }}
            />
          </Field>
          <Field label={`Threshold ${at + 1}: status`} hideLabel>
            <Select value={one.status ?? "none"} options={STATUSES} onChange={(status) => set(at, { status })} />
          </Field>
          <Field label={`Threshold ${at + 1}: label`} hideLabel>
            <TextInput value={one.label ?? ""} placeholder="Label" onChange={(label) => set(at, { label })} />
          </Field>
          <IconButton
            icon={Trash2}
            label={`Remove threshold ${at + 1}`}
            onClick={() => onChange(thresholds.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      {thresholds.length === 0 ? (
        <Button small variant="ghost" icon={Plus} onClick={() => onChange([next(thresholds)])}>
          Add a threshold
        </Button>
      ) : null}
    </fieldset>
  );
}
