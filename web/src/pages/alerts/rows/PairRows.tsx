import { useState } from "react";
import type { Labels } from "../../../data/labels";
import { Field, TextInput } from "../../../ui";
import { EditRows } from "./EditRows";
import "./rows.css";

interface Props {
  label: string;
  /** What one is called: "label". */
  one: string;
  pairs: Labels;
  onChange: (pairs: Labels) => void;
  help?: string | undefined;
  error?: string | undefined;
}

interface Pair {
  name: string;
  value: string;
}

/** Names that are missing have no place in the pairs; of those that stand twice the last one counts. */
const asPairs = (rows: readonly Pair[]): Labels =>
  Object.fromEntries(
    rows.map(({ name, value }): [string, string] => [name.trim(), value]).filter(([name]) => name !== ""),
  );

/** Names with texts, such as labels, one a row; the rows stay as they are typed. */
export function PairRows({ label, one, pairs, onChange, help, error }: Props) {
  const [rows, setRows] = useState<readonly Pair[]>(() =>
    Object.entries(pairs).map(([name, value]) => ({ name, value })),
  );
  const word = one.charAt(0).toUpperCase() + one.slice(1);
  const isTwice = (name: string, at: number): boolean =>
    name.trim() !== "" && rows.some((other, place) => place < at && other.name.trim() === name.trim());
  return (
    <EditRows
      label={label}
      help={help}
      word={word}
      rows={rows}
      onChange={(next) => {
        setRows(next);
        onChange(asPairs(next));
      }}
      fresh={() => ({ name: "", value: "" })}
      add={`Add ${/^[aeiou]/.test(one) ? "an" : "a"} ${one}`}
      className="pair"
      error={error}
    >
      {({ name, value }, set, at) => (
        <>
          <Field
            label={`Name of ${one} ${at + 1}`}
            hideLabel
            error={isTwice(name, at) ? "This name is there already." : null}
          >
            <TextInput
              value={name}
              placeholder={one}
              mono
              autoCapitalize="none"
              onChange={(next) => set({ name: next })}
            />
          </Field>
          <Field label={`Value of ${one} ${at + 1}`} hideLabel>
            <TextInput value={value} placeholder="value" onChange={(next) => set({ value: next })} />
          </Field>
        </>
      )}
    </EditRows>
  );
}
