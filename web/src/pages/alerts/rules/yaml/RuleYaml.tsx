import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import type { Rule } from "../../../../api/rules";
import { readRules } from "../../../../api/rules";
import { Field, Notice, Section, TextArea } from "../../../../ui";
import { GroupField } from "../GroupField";
import { useSettled } from "../preview/useSettled";
import type { RuleEdit } from "../useRuleEdit";
import { fileOf, problemIn, yamlOf } from "./text";

interface Props {
  edit: RuleEdit;
  /** It is there already: its group stays. */
  exists: boolean;
  /** Chooses how the rule is written. */
  views: ReactNode;
}

const SETTLED_MS = 400;

async function read(text: string): Promise<Rule> {
  const { rules, errors } = await readRules(fileOf(text));
  const [rule] = rules;
  if (rule === undefined) throw new Error(errors.map(problemIn).join("\n") || "There is no rule in it.");
  return rule;
}

/** A rule as files have it; what is typed is taken over as soon as it is a rule. */
export function RuleYaml({ edit, exists, views }: Props) {
  const { rule, setRule, setHeld, problems } = edit;
  const [text, setText] = useState(() => yamlOf(rule));
  const [typed, setTyped] = useState(false);
  // not part of what people write
  const [id] = useState(rule.id);
  const settled = useSettled(text, SETTLED_MS);
  const { data, error } = useQuery({
    queryKey: ["rule of a text", settled],
    queryFn: () => read(settled),
    enabled: typed && settled === text,
    retry: false,
    gcTime: 0,
  });
  const found = settled === text ? data : undefined;
  useEffect(() => {
    if (found === undefined) return;
    setRule(id === undefined ? found : { ...found, id });
    setHeld(false);
  }, [found, id, setRule, setHeld]);
  return (
    <Section title="Rule" note="as rule files have it" actions={views}>
      <Field label="YAML" hideLabel error={settled === text ? error?.message : null}>
        <TextArea
          value={text}
          rows={22}
          mono
          autoCapitalize="none"
          onChange={(next) => {
            setText(next);
            setTyped(true);
            setHeld(true);
          }}
        />
      </Field>
      {exists ? null : <GroupField value={edit.group} onChange={edit.setGroup} fixed={false} />}
      {Object.values(problems).map((problem) => (
        <Notice key={problem} kind="crit">
          {problem}
        </Notice>
      ))}
    </Section>
  );
}
