import type { ContactType, Options } from "../../../api/contacts";
import { OptionInput } from "./OptionInput";
import { fieldsOf } from "./contact";

interface Props {
  type: ContactType;
  options: Options;
  onChange: (options: Options) => void;
}

/** The options of a type, as its schema says; texts of one's own are out of the way until wanted. */
export function OptionFields({ type, options, onChange }: Props) {
  const fields = fieldsOf(type);
  const texts = fields.filter(({ kind }) => kind === "text");
  const inputs = (some: typeof fields) =>
    some.map((field) => (
      <OptionInput
        key={field.name}
        field={field}
        value={options[field.name]}
        onChange={(value) => onChange({ ...options, [field.name]: value })}
      />
    ));
  return (
    <>
      <div className="contact-options">{inputs(fields.filter(({ kind }) => kind !== "text"))}</div>
      {texts.length === 0 ? null : (
        <details open={texts.some(({ name }) => options[name] !== undefined)}>
          <summary className="soft cursor-pointer py-1">Texts of your own</summary>
          <p className="help-text pb-2">
            Templates in the language of annotations, such as{" "}
            <code>{"{{ .GroupLabels.alertname }}: {{ len .Alerts }}"}</code>. Empty: what Vedette says.
          </p>
          <div className="grid gap-3">{inputs(texts)}</div>
        </details>
      )}
    </>
  );
}
