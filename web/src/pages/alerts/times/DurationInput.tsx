import { useState } from "react";
import { parseDuration, promDuration } from "../../../data/duration";
import { Field, TextInput } from "../../../ui";

interface Props {
  label: string;
  help: string;
  /** null: inherited; NaN: what is typed is no time. */
  value: number | null;
  /** What holds when nothing is typed. */
  inherited: number;
  onChange: (value: number | null) => void;
}

/** A length of time as Prometheus writes it: 30s, 5m, 4h. */
export function DurationInput({ label, help, value, inherited, onChange }: Props) {
  const [text, setText] = useState(value === null ? "" : promDuration(value));
  const isWrong = value !== null && Number.isNaN(value);
  return (
    <Field label={label} help={help} error={isWrong ? "Written as 30s, 5m or 4h." : null}>
      <TextInput
        value={text}
        placeholder={promDuration(inherited)}
        autoCapitalize="none"
        className="num"
        onChange={(typed) => {
          setText(typed);
          const meant = typed.trim();
          onChange(meant === "" ? null : (parseDuration(meant) ?? Number.NaN));
        }}
      />
    </Field>
  );
}
