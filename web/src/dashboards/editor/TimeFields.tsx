import { Field, Select } from "../../ui";

const COMPARISONS = [
  { value: "", label: "Nothing" },
  { value: "previous", label: "The span before" },
  { value: "1h", label: "1 hour earlier" },
  { value: "1d", label: "1 day earlier" },
  { value: "1w", label: "1 week earlier" },
] as const;

/** The past that is drawn behind the present. */
export function Comparison({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const known = COMPARISONS.some((one) => one.value === value);
  return (
    <Field label="Compare with" help="Drawn as a ghost behind the values.">
      <Select
        value={value}
        options={known ? COMPARISONS : [...COMPARISONS, { value, label: `${value} earlier` }]}
        onChange={onChange}
      />
    </Field>
  );
}
