import { useState } from "react";
import { Field, NumberInput, Segmented, Select, Switch, TextArea, TextInput } from "../../ui";
import type { OptionField, OptionSchema } from "../../widgets/plugin";

interface Props {
  schema: OptionSchema;
  values: Readonly<Record<string, unknown>>;
  onChange: (name: string, value: unknown) => void;
}

const SEGMENTS = 4;
const LONG = 60;

/** Fields in the order of the schema, under their headings; those whose `when` does not hold are left out. */
export function groupsOf(
  schema: OptionSchema,
  values: Readonly<Record<string, unknown>>,
): { title: string; fields: [string, OptionField][] }[] {
  const groups = new Map<string, [string, OptionField][]>();
  const read = (name: string): unknown => values[name] ?? schema.properties[name]?.default;
  for (const [name, field] of Object.entries(schema.properties)) {
    if (field.when !== undefined && !field.when.is.includes(read(field.when.field))) continue;
    const title = field.group ?? "";
    groups.set(title, [...(groups.get(title) ?? []), [name, field]]);
  }
  return [...groups].map(([title, fields]) => ({ title, fields }));
}

/** A form made from a schema; what is not set shows the schema's default. */
export function SchemaForm({ schema, values, onChange }: Props) {
  return groupsOf(schema, values).map(({ title, fields }) => (
    <fieldset key={title} className="edit-group">
      {title === "" ? null : <legend className="label">{title}</legend>}
      {fields.map(([name, field]) => (
        <OptionInput
          key={name}
          field={field}
          value={values[name] ?? field.default}
          onChange={(next) => onChange(name, next)}
        />
      ))}
    </fieldset>
  ));
}

interface InputProps {
  field: OptionField;
  value: unknown;
  onChange: (value: unknown) => void;
}

function OptionInput({ field, value, onChange }: InputProps) {
  const { title, description, type } = field;
  const help = description === undefined ? {} : { help: description };
  if (type === "boolean") return <Switch label={title} checked={value === true} onChange={onChange} {...help} />;
  if (field.enum !== undefined) return <Choice field={field} value={value} onChange={onChange} />;
  if (type === "array") return <ListInput field={field} value={value} onChange={onChange} />;
  if (type === "string") {
    const text = typeof value === "string" ? value : "";
    const isLong = text.length > LONG || text.includes("\n") || /markdown|text$/i.test(title);
    return (
      <Field label={title} {...help}>
        {isLong ? (
          <TextArea value={text} onChange={onChange} rows={5} />
        ) : (
          <TextInput value={text} onChange={onChange} />
        )}
      </Field>
    );
  }
  return (
    <Field label={title} {...help}>
      <NumberInput
        value={typeof value === "number" ? value : null}
        onChange={(next) => {
          if (next === null) onChange(field.default ?? null);
          else if (!Number.isNaN(next)) onChange(next);
        }}
        whole={type === "integer"}
        {...(field.minimum === undefined ? {} : { min: field.minimum })}
        {...(field.maximum === undefined ? {} : { max: field.maximum })}
      />
    </Field>
  );
}

function Choice({ field, value, onChange }: InputProps) {
  const choices = (field.enum ?? []).map((one, at) => ({
    value: String(one),
    label: field.enumTitles?.[at] ?? String(one),
  }));
  const take = (chosen: string): void => onChange(field.enum?.find((one) => String(one) === chosen));
  const fits = choices.length <= SEGMENTS && choices.every((one) => one.label.length <= 14);
  if (fits) {
    return (
      <div className="field">
        <span className="label" aria-hidden="true">
          {field.title}
        </span>
        <Segmented label={field.title} fill value={String(value)} choices={choices} onChange={take} />
        {field.description === undefined ? null : <p className="help-text">{field.description}</p>}
      </div>
    );
  }
  return (
    <Field label={field.title} {...(field.description === undefined ? {} : { help: field.description })}>
      <Select value={String(value)} options={choices} onChange={take} />
    </Field>
  );
}

/** Values apart by commas. */
function ListInput({ field, value, onChange }: InputProps) {
  const items = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useState(items.join(", "));
  const isNumber = field.items?.type === "number";
  const parts = typed
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const wrong = isNumber ? parts.find((one) => !Number.isFinite(Number(one))) : undefined;
  return (
    <Field
      label={field.title}
      help={field.description ?? "Apart by commas."}
      error={wrong === undefined ? null : `"${wrong}" is not a number.`}
    >
      <TextInput
        value={typed}
        onChange={(next) => {
          setTyped(next);
          const texts = next
            .split(",")
            .map((one) => one.trim())
            .filter((one) => one !== "");
          if (!isNumber) onChange(texts);
          else if (texts.every((one) => Number.isFinite(Number(one)))) onChange(texts.map(Number));
        }}
      />
    </Field>
  );
}
