import { useState } from "react";
import { Field, NumberInput, Segmented, Switch, TextArea, TextInput } from "../../../ui";
import { PairRows } from "../rows/PairRows";
import { SecretInput } from "./SecretInput";
import type { OptionField } from "./contact";

interface Props {
  field: OptionField;
  value: unknown;
  onChange: (value: unknown) => void;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const pairsOf = (value: unknown): Record<string, string> =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
    : {};
const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** One option, by its kind. */
export function OptionInput({ field, value, onChange }: Props) {
  const { title, help, kind, required, schema } = field;
  const shown = value ?? schema.default;
  if (kind === "secret") return <SecretInput field={field} value={textOf(value)} onChange={onChange} />;
  if (kind === "list") return <LinesInput field={field} value={shown} onChange={onChange} />;
  if (kind === "pairs")
    return <PairRows label={title} help={help} one="entry" pairs={pairsOf(shown)} onChange={onChange} />;
  if (kind === "switch") return <Switch label={title} help={help} checked={shown === true} onChange={onChange} />;
  if (kind === "choice") {
    const choices = (schema.enum ?? []).map((one) => ({ value: String(one), label: String(one) }));
    return (
      <div className="field">
        <span className="field__label label" aria-hidden="true">
          {title}
        </span>
        <Segmented label={title} fill value={String(shown)} choices={choices} onChange={onChange} />
        {help === undefined ? null : <p className="help-text">{help}</p>}
      </div>
    );
  }
  return (
    <Field label={title} help={help} required={required}>
      {kind === "number" ? (
        <NumberInput
          value={typeof shown === "number" ? shown : null}
          onChange={onChange}
          whole={schema.type === "integer"}
          {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
          {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
        />
      ) : kind === "text" ? (
        <TextArea value={textOf(shown)} onChange={onChange} rows={2} mono maxLength={schema.maxLength} />
      ) : (
        <TextInput
          value={textOf(shown)}
          onChange={onChange}
          type={schema.format === "uri" ? "url" : "text"}
          autoCapitalize="none"
          maxLength={schema.maxLength}
        />
      )}
    </Field>
  );
}

/** A list, one entry a line; the text stays as it is typed. */
function LinesInput({ field, value, onChange }: Props) {
  const [text, setText] = useState(() => (Array.isArray(value) ? value.map(String).join("\n") : ""));
  return (
    <Field label={field.title} help={field.help ?? "One a line."} required={field.required}>
      <TextArea
        value={text}
        onChange={(typed) => {
          setText(typed);
          onChange(linesOf(typed));
        }}
        rows={2}
        autoCapitalize="none"
      />
    </Field>
  );
}
