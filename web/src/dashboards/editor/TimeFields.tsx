import { useState } from "react";
import { parseDuration } from "../../data/duration";
import { Field, Select, TextInput } from "../../ui";

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

interface TextProps {
  label: string;
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

/** Only what is a duration is taken. */
export function DurationText({ label, value, placeholder, onChange }: TextProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && typed !== "" && parseDuration(typed) === null;
  return (
    <Field label={label} error={isWrong ? "Such as 6h or 1d." : null}>
      <TextInput
        value={isWrong ? typed : value}
        placeholder={placeholder}
        onChange={(next) => {
          setTyped(next);
          if (next === "" || parseDuration(next) !== null) onChange(next);
        }}
      />
    </Field>
  );
}
