import { Plus, Trash2 } from "lucide-react";
import { Button, Field, IconButton, NumberInput, Select, TextInput } from "../../ui";
import type { MappingOptions } from "../document";
import { regexProblem } from "../data/options";
import { STATUSES } from "./choices";

interface Props {
  mappings: readonly MappingOptions[];
  onChange: (mappings: MappingOptions[]) => void;
}

const KINDS = [
  { value: "value", label: "Value" },
  { value: "range", label: "Range" },
  { value: "regex", label: "Expression" },
  { value: "special", label: "Special" },
] as const;
const SPECIAL = ["null", "nan", "true", "false", "empty"].map((value) => ({ value, label: value }));

/** Values shown as texts; the first that fits holds. */
export function MappingList({ mappings, onChange }: Props) {
  const set = (at: number, change: MappingOptions): void =>
    onChange(mappings.map((one, index) => (index === at ? { ...one, ...change } : one)));
  const add = (): void => onChange([...mappings, { kind: "value", value: "", text: "" }]);
  return (
    <fieldset className="edit-group">
      <legend className="edit-legend">
        <span className="label">Value mappings</span>
        <IconButton icon={Plus} label="Add a mapping" onClick={add} />
      </legend>
      {mappings.map((one, at) => (
        // mappings have no name of their own and stay in their order
        <div key={at} className="edit-card">
          <div className="edit-line">
            <Field label={`Mapping ${at + 1}: kind`} hideLabel>
              <Select
                value={one.kind ?? "value"}
                options={KINDS}
                onChange={(kind) => set(at, { kind, value: kind === "special" ? "null" : "" })}
              />
            </Field>
            <When at={at} mapping={one} set={(change) => set(at, change)} />
            <IconButton
              icon={Trash2}
              label={`Remove mapping ${at + 1}`}
              onClick={() => onChange(mappings.filter((_, index) => index !== at))}
            />
          </div>
          <div className="edit-line">
            <Field label={`Mapping ${at + 1}: text`} hideLabel>
              <TextInput value={one.text ?? ""} placeholder="Shown as" onChange={(text) => set(at, { text })} />
            </Field>
            <Field label={`Mapping ${at + 1}: status`} hideLabel>
              <Select value={one.status ?? "none"} options={STATUSES} onChange={(status) => set(at, { status })} />
            </Field>
          </div>
        </div>
      ))}
      {mappings.length === 0 ? (
        <Button small variant="ghost" icon={Plus} onClick={add}>
          Add a mapping
        </Button>
      ) : null}
    </fieldset>
  );
}

interface WhenProps {
  at: number;
  mapping: MappingOptions;
  set: (change: MappingOptions) => void;
}

function When({ at, mapping, set }: WhenProps) {
  const { kind = "value", value = "", start, end } = mapping;
  const name = `Mapping ${at + 1}`;
  if (kind === "range") {
    return (
      <>
        <Field label={`${name}: from`} hideLabel>
          <NumberInput
            value={start ?? null}
            placeholder="from"
            onChange={(next) => {
              if (!Number.isNaN(next)) set({ start: next });
            }}
          />
        </Field>
        <Field label={`${name}: to`} hideLabel>
          <NumberInput
            value={end ?? null}
            placeholder="to"
            onChange={(next) => {
              if (!Number.isNaN(next)) set({ end: next });
            }}
          />
        </Field>
      </>
    );
  }
  if (kind === "special") {
    return (
      <Field label={`${name}: which`} hideLabel>
        <Select value={value === "" ? null : value} options={SPECIAL} onChange={(next) => set({ value: next })} />
      </Field>
    );
  }
  return (
    <Field label={`${name}: ${kind}`} hideLabel error={kind === "regex" ? regexProblem(value) : null}>
      <TextInput value={value} placeholder={kind} onChange={(next) => set({ value: next })} />
    </Field>
  );
}
