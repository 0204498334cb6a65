import { useState } from "react";
import type { Rule, Severity } from "../../../api/rules";
import { Field, Segmented, TextArea, TextInput } from "../../../ui";
import { PairRows } from "../rows/PairRows";
import { SEVERITIES, WRITTEN_APART, isAlert, severityOf, withSeverity } from "./rule";

interface Props {
  rule: Rule;
  onChange: (rule: Rule) => void;
  problems: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<Severity, string>> = { low: "Low", medium: "Medium", high: "High", critical: "Critical" };
const CHOICES = [{ value: "", label: "None" }, ...SEVERITIES.map((value) => ({ value, label: WORDS[value] }))] as const;

/** How bad it is, whom it is about, and what people read of it. */
export function MessageForm({ rule, onChange, problems }: Props) {
  const { labels = {}, annotations = {} } = rule;
  const set = (more: Partial<Rule>): void => onChange({ ...rule, ...more });
  const annotate = (name: string, text: string): void => {
    const rest = Object.fromEntries(Object.entries(annotations).filter(([other]) => other !== name));
    set({ annotations: text === "" ? rest : { ...rest, [name]: text } });
  };
  const apart = Object.entries(annotations).filter(([name]) => (WRITTEN_APART as readonly string[]).includes(name));
  const others = Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !(WRITTEN_APART as readonly string[]).includes(name)),
  );
  return (
    <>
      {isAlert(rule) ? (
        <>
          <div className="field">
            <span className="label" aria-hidden="true">
              Severity
            </span>
            <Segmented
              label="Severity"
              fill
              value={SEVERITIES.find((one) => one === severityOf(rule)) ?? ""}
              choices={CHOICES}
              onChange={(severity) => onChange(withSeverity(rule, severity))}
            />
          </div>
          <Field
            label="Summary"
            help="May hold {{ $labels.instance }} and {{ $value }}."
            error={problems["annotations"]}
          >
            <TextInput value={annotations["summary"] ?? ""} onChange={(text) => annotate("summary", text)} />
          </Field>
          <Field label="Description" optional>
            <TextArea
              rows={2}
              value={annotations["description"] ?? ""}
              onChange={(text) => annotate("description", text)}
            />
          </Field>
          <Field label="Runbook" error={problems["runbook"]} optional>
            <TextInput
              type="url"
              value={rule.runbook ?? ""}
              placeholder="https://wiki.example/slow-queries"
              maxLength={2000}
              onChange={(runbook) => set({ runbook })}
            />
          </Field>
        </>
      ) : null}
      <PairRows
        label="Labels"
        one="label"
        pairs={labels}
        error={problems["labels"]}
        onChange={(next) => set({ labels: next })}
      />
      {isAlert(rule) ? (
        <PairRows
          label="More to say"
          one="annotation"
          pairs={others}
          onChange={(next) => set({ annotations: { ...Object.fromEntries(apart), ...next } })}
        />
      ) : null}
      <div className="rule-row">
        <Field label="Owner" error={problems["owner"]} optional>
          <TextInput value={rule.owner ?? ""} maxLength={200} onChange={(owner) => set({ owner })} />
        </Field>
        <TagsField tags={rule.tags ?? []} onChange={(tags) => set({ tags })} />
      </div>
    </>
  );
}

function TagsField({ tags, onChange }: { tags: readonly string[]; onChange: (tags: readonly string[]) => void }) {
  const [text, setText] = useState(tags.join(", "));
  return (
    <Field label="Tags" optional>
      <TextInput
        value={text}
        placeholder="apart by commas"
        onChange={(next) => {
          setText(next);
          onChange([...new Set(next.split(",").map((one) => one.trim()))].filter(Boolean));
        }}
      />
    </Field>
  );
}
