import { Button, Field, PasswordInput } from "../../../ui";
import type { OptionField } from "./contact";
import { KEPT } from "./contact";

interface Props {
  field: OptionField;
  value: string;
  onChange: (value: string) => void;
}

/** A secret: typed once, never shown again; what is kept stays until another one is given. */
export function SecretInput({ field: { title, help, required, schema }, value, onChange }: Props) {
  if (value === KEPT) {
    return (
      <div className="field" role="group" aria-label={title}>
        <span className="field__label label">{title}</span>
        <span className="flex flex-wrap items-center gap-2">
          <span className="secret-kept">kept, and not shown</span>
          <Button small onClick={() => onChange("")} aria-label={`Replace ${title}`}>
            Replace
          </Button>
        </span>
        {help === undefined ? null : <p className="help-text">{help}</p>}
      </div>
    );
  }
  return (
    <Field label={title} help={help} required={required}>
      <PasswordInput value={value} onChange={onChange} autoComplete="new-password" maxLength={schema.maxLength} />
    </Field>
  );
}
