import { useState } from "react";
import { durationProblem, parseDuration, promDuration } from "../data/duration";
import { Field, TextInput } from "../ui";

interface Words {
  label: string;
  help?: string | undefined;
  placeholder?: string;
}

interface Props extends Words {
  value: string;
  onChange: (value: string) => void;
  needed?: boolean;
  /** What the server says about it. */
  error?: string | undefined;
}

/** A length of time as Prometheus writes it: 30s, 5m, 1h30m. */
export function DurationField({ label, value, onChange, needed = false, help, placeholder = "5m", error }: Props) {
  return (
    <Field label={label} help={help} error={durationProblem(value, needed) ?? error} required={needed}>
      <TextInput
        value={value}
        onChange={onChange}
        mono
        autoCapitalize="none"
        maxLength={40}
        placeholder={placeholder}
      />
    </Field>
  );
}

/** Such a field of which only what is a duration is taken; what is typed stays until it is one. */
export function ValidDurationField({ value, onChange, ...words }: Words & Pick<Props, "value" | "onChange">) {
  const [typed, setTyped] = useState("");
  return (
    <DurationField
      {...words}
      value={durationProblem(typed) === null ? value : typed}
      onChange={(next) => {
        setTyped(next);
        if (durationProblem(next) === null) onChange(next.trim());
      }}
    />
  );
}

interface SizeProps extends Words {
  /** null: nothing is said; NaN: what is typed is no time. */
  value_ms: number | null;
  onChange: (value_ms: number | null) => void;
}

/** Such a field of a number of milliseconds. */
export function DurationSizeField({ value_ms, onChange, ...words }: SizeProps) {
  const [typed, setTyped] = useState("");
  const meant_ms = sizeOf(typed);
  // a value from outside replaces what is typed
  const isTyped = Number.isNaN(meant_ms) || Object.is(meant_ms, value_ms);
  return (
    <DurationField
      {...words}
      value={isTyped ? typed : value_ms === null || Number.isNaN(value_ms) ? "" : promDuration(value_ms)}
      onChange={(next) => {
        setTyped(next);
        onChange(sizeOf(next));
      }}
    />
  );
}

const sizeOf = (text: string): number | null => (text.trim() === "" ? null : (parseDuration(text.trim()) ?? NaN));
