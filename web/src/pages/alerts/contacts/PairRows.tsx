import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, Field, FieldGroup, IconButton, TextInput } from "../../../ui";
import type { OptionField } from "./contact";

interface Props {
  field: OptionField;
  value: unknown;
  onChange: (value: Readonly<Record<string, string>>) => void;
}

type Pair = readonly [string, string];

const pairsOf = (value: unknown): Pair[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).map(([name, one]): Pair => [name, String(one)])
    : [];

/** Names with their values, such as headers; the rows stay as they are typed. */
export function PairRows({ field, value, onChange }: Props) {
  const [pairs, setPairs] = useState(() => pairsOf(value));
  const change = (next: readonly Pair[]): void => {
    setPairs([...next]);
    onChange(Object.fromEntries(next.filter(([name]) => name.trim() !== "")));
  };
  const set = (at: number, pair: Pair): void => change(pairs.map((one, index) => (index === at ? pair : one)));
  return (
    <FieldGroup label={field.title} {...(field.help === undefined ? {} : { help: field.help })}>
      {pairs.map(([name, one], at) => (
        // rows keep their places
        <div key={at} className="flex items-center gap-2" role="group" aria-label={`${field.title} ${at + 1}`}>
          <Field label="Name" hideLabel className="min-w-0 flex-1">
            <TextInput
              value={name}
              onChange={(typed) => set(at, [typed, one])}
              placeholder="Name"
              autoCapitalize="none"
            />
          </Field>
          <Field label="Value" hideLabel className="min-w-0 flex-1">
            <TextInput value={one} onChange={(typed) => set(at, [name, typed])} placeholder="Value" />
          </Field>
          <IconButton
            icon={X}
            label={`Remove ${field.title} ${at + 1}`}
            onClick={() => change(pairs.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => setPairs([...pairs, ["", ""]])}
      >
        Add to {field.title.toLowerCase()}
      </Button>
    </FieldGroup>
  );
}
