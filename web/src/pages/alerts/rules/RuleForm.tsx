import type { ReactNode } from "react";
import type { Labels } from "../../../data/labels";
import { Field, Notice, Section, Segmented, Switch, TextInput } from "../../../ui";
import { ConditionForm } from "./condition/ConditionForm";
import { QueryField } from "./condition/QueryField";
import { EvaluationForm } from "./EvaluationForm";
import { MessageForm } from "./MessageForm";
import { asType, conditionOf, isAlert, problemsOf, withCondition } from "./rule";
import type { RuleEdit } from "./useRuleEdit";

export interface RuleFormProps {
  edit: RuleEdit;
  /** It is there already: its group stays. */
  exists: boolean;
  /** Rules of its group beside it. */
  others: number;
  /** How often its group is evaluated. */
  usual: string;
  /** Of its group: what every rule of it has. */
  labels: Labels;
}

interface Props extends RuleFormProps {
  /** Chooses how the rule is written. */
  views: ReactNode;
}

const TYPES = [
  { value: "alert", label: "Alert" },
  { value: "record", label: "Recording" },
] as const;

/** Everything that a rule says, in the order in which one thinks about it. */
export function RuleForm({ edit, exists, others, usual, labels, views }: Props) {
  const { rule, setRule } = edit;
  const problems = { ...problemsOf(rule), ...edit.problems };
  const alerts = isAlert(rule);
  const inherited = Object.entries(labels);
  return (
    <>
      <Section
        title="Condition"
        actions={
          <>
            {exists ? null : (
              <Segmented
                label="What the rule makes"
                small
                value={alerts ? "alert" : "record"}
                choices={TYPES}
                onChange={(type) => setRule(asType(rule, type))}
              />
            )}
            {views}
          </>
        }
      >
        <Field
          label="Name"
          required
          error={problems["name"] ?? problems["alert"] ?? problems["record"]}
          {...(alerts ? {} : { help: "Of the series that is stored, such as job:requests:rate5m." })}
        >
          <TextInput
            value={(alerts ? rule.alert : rule.record) ?? ""}
            maxLength={200}
            mono={!alerts}
            autoCapitalize="none"
            placeholder={alerts ? "SearchSlow" : "job:requests:rate5m"}
            onChange={(name) => setRule({ ...rule, [alerts ? "alert" : "record"]: name })}
          />
        </Field>
        {alerts ? (
          <ConditionForm condition={conditionOf(rule)} onChange={(next) => setRule(withCondition(rule, next))} />
        ) : (
          <QueryField label="Expression" text={rule.expr ?? ""} onChange={(expr) => setRule({ ...rule, expr })} />
        )}
        {problems["condition"] === undefined ? null : <Notice kind="crit">{problems["condition"]}</Notice>}
      </Section>
      <Section
        title="Evaluation"
        actions={
          <Switch
            label={rule.enabled === false ? "Off" : "On"}
            name="the rule is evaluated once it is saved"
            checked={rule.enabled !== false}
            onChange={(enabled) => setRule({ ...rule, enabled })}
          />
        }
      >
        <EvaluationForm
          rule={rule}
          onChange={setRule}
          group={edit.group}
          onGroup={edit.setGroup}
          fixedGroup={exists}
          interval={edit.interval}
          onInterval={edit.setInterval}
          others={others}
          usual={exists ? "" : usual}
          problems={problems}
        />
      </Section>
      <Section title={alerts ? "Labels and message" : "Labels"}>
        <MessageForm rule={rule} onChange={setRule} problems={problems} />
        {inherited.length === 0 ? null : (
          <p className="help-text">
            The group adds {inherited.map(([name, value]) => `${name}=${value}`).join(", ")}, unless the rule says
            otherwise.
          </p>
        )}
      </Section>
    </>
  );
}
