import { Trash2 } from "lucide-react";
import { Field, IconButton, Segmented, Select, Switch, TextArea, TextInput } from "../../ui";
import type { Annotations } from "../document";
import { PALETTE } from "../editor/choices";

interface Props {
  source: Annotations;
  /** Names of the others. */
  taken: readonly string[];
  onChange: (change: Partial<Annotations>, field: string) => void;
  onRemove: (() => void) | null;
}

const KINDS = [
  { value: "manual", label: "Annotations" },
  { value: "alerts", label: "Alerts" },
  { value: "query", label: "Query" },
] as const;

const HELP: Readonly<Record<Annotations["kind"], string>> = {
  manual: "",
  alerts: "Empty: every alert that is pending or firing.",
  query: "A band while the value is 1, a moment where it becomes another value.",
};

/** One source of marks: what people wrote, alerts, or what a query says. */
export function MarkSourceForm({ source, taken, onChange, onRemove }: Props) {
  const { kind, name } = source;
  const wrong = name.trim() === "" ? "Give it a name." : taken.includes(name) ? "Another source has this name." : null;
  return (
    <div className="edit-card" role="group" aria-label={`Source ${name}`}>
      <div className="edit-line">
        <Field label="Name of the source" hideLabel error={wrong}>
          <TextInput value={name} onChange={(next) => onChange({ name: next }, "name")} maxLength={200} />
        </Field>
        <Segmented
          label={`${name}: comes from`}
          value={kind}
          choices={KINDS}
          onChange={(next) => onChange({ kind: next }, "kind")}
        />
        {onRemove === null ? null : <IconButton icon={Trash2} label={`Remove ${name}`} onClick={onRemove} />}
      </div>
      {kind === "manual" ? (
        <Field label="Only those with a tag" optional help="Apart by commas.">
          <TextInput
            value={source.tags.join(", ")}
            onChange={(text) =>
              onChange({ tags: text === "" ? [] : text.split(",").map((one) => one.trimStart()) }, "tags")
            }
          />
        </Field>
      ) : (
        <>
          <Field label="Query" help={HELP[kind]} optional={kind === "alerts"}>
            <TextArea mono rows={2} value={source.query} onChange={(query) => onChange({ query }, "query")} />
          </Field>
          <div className="edit-row">
            <Field label="Title" optional help="May hold labels: {{job}}.">
              <TextInput value={source.title} onChange={(title) => onChange({ title }, "title")} />
            </Field>
            <Field label="Text" optional>
              <TextInput value={source.text} onChange={(text) => onChange({ text }, "text")} />
            </Field>
          </div>
        </>
      )}
      <div className="edit-row">
        {kind === "alerts" ? null : (
          <Field label="Colour">
            <Select
              value={source.color}
              options={[{ value: "", label: "Grey" }, ...PALETTE]}
              onChange={(color) => onChange({ color }, "color")}
            />
          </Field>
        )}
        <Switch
          label="Shown at first"
          checked={source.enabled}
          onChange={(enabled) => onChange({ enabled }, "enabled")}
        />
      </div>
    </div>
  );
}
