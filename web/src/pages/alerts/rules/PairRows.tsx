import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Labels } from "../../../data/labels";
import { Button, Field, FieldGroup, IconButton, TextInput } from "../../../ui";

interface Props {
  label: string;
  /** What one is called: "label". */
  one: string;
  pairs: Labels;
  onChange: (pairs: Labels) => void;
  help?: string;
  error?: string | undefined;
}

type Row = readonly [string, string];

/** Names that stand twice or are missing have no place in the pairs. */
const asPairs = (rows: readonly Row[]): Labels =>
  Object.fromEntries(rows.map(([name, value]): Row => [name.trim(), value]).filter(([name]) => name !== ""));

/** Names with texts, such as labels, one a row. */
export function PairRows({ label, one, pairs, onChange, help, error }: Props) {
  const [rows, setRows] = useState<readonly Row[]>(() => Object.entries(pairs));
  const set = (next: readonly Row[]): void => {
    setRows(next);
    onChange(asPairs(next));
  };
  const change = (at: number, row: Row): void => set(rows.map((old, place) => (place === at ? row : old)));
  const title = one.charAt(0).toUpperCase() + one.slice(1);
  return (
    <FieldGroup label={label} {...(help === undefined ? {} : { help })}>
      {rows.map(([name, value], at) => {
        const twice = name.trim() !== "" && rows.some(([other], place) => place < at && other.trim() === name.trim());
        return (
          // rows stay in their order
          <div key={at} className="rule-pair">
            <Field label={`${title} ${at + 1}`} hideLabel error={twice ? "This name is there already." : null}>
              <TextInput
                value={name}
                placeholder={one}
                mono
                autoCapitalize="none"
                onChange={(next) => change(at, [next, value])}
              />
            </Field>
            <Field label={`Value of ${one} ${at + 1}`} hideLabel>
              <TextInput value={value} placeholder="value" onChange={(next) => change(at, [name, next])} />
            </Field>
            <IconButton
              icon={X}
              label={`Remove ${one} ${name || String(at + 1)}`}
              onClick={() => set(rows.filter((_, place) => place !== at))}
            />
          </div>
        );
      })}
      {error === undefined ? null : (
        <p className="error-text" role="alert">
          {error}
        </p>
      )}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => setRows([...rows, ["", ""]])}
      >
        Add {/^[aeiou]/.test(one) ? "an" : "a"} {one}
      </Button>
    </FieldGroup>
  );
}
