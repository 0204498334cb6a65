import { Field, TextInput } from "../../../../ui";
import { durationProblem } from "./condition";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  needed?: boolean;
  help?: string;
  placeholder?: string;
  /** What the server says about it. */
  error?: string | undefined;
}

/** A length of time as Prometheus writes it: 30s, 5m, 1h30m. */
export function DurationField({ label, value, onChange, needed = false, help, placeholder, error }: Props) {
  return (
    <Field label={label} help={help} error={durationProblem(value, needed) ?? error} required={needed}>
      <TextInput
        value={value}
        onChange={onChange}
        mono
        autoCapitalize="none"
        maxLength={40}
        placeholder={placeholder ?? "5m"}
      />
    </Field>
  );
}
