import { EyeOff } from "lucide-react";
import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { InhibitRule } from "../../../api/routing";
import type { Condition } from "../../../api/silences";
import { Field, TextInput } from "../../../ui";
import { KeptDialog } from "../kept/KeptDialog";
import { KeptTable } from "../kept/KeptTable";
import { ConditionRows } from "../matchers/ConditionRows";
import { Conditions } from "../matchers/Conditions";
import { conditionProblem, conditionsOf } from "../matchers/condition";
import { namesOf } from "./route";

interface Rule {
  source: Condition[];
  target: Condition[];
  equal: readonly string[];
}

function ruleOf(spec: unknown): Rule {
  const said = (typeof spec === "object" && spec !== null ? spec : {}) as InhibitRule;
  return {
    source: conditionsOf(said.source_matchers),
    target: conditionsOf(said.target_matchers),
    equal: Array.isArray(said.equal) ? said.equal : [],
  };
}

/** Which alerts are not told while others fire. */
export function InhibitPart({ mayChange }: { mayChange: boolean }) {
  return (
    <KeptTable
      kind="inhibit_rule"
      title="Inhibition"
      word="rule"
      note="alerts that are not told while others fire"
      icon={EyeOff}
      mayChange={mayChange}
      form={(kept, close) => <InhibitForm kept={kept} close={close} />}
      columns={[
        {
          id: "source",
          head: "While these fire",
          cell: ({ spec }) => <Conditions conditions={ruleOf(spec).source} none="any" />,
        },
        {
          id: "target",
          head: "These are not told",
          cell: ({ spec }) => <Conditions conditions={ruleOf(spec).target} none="all others" />,
        },
        {
          id: "equal",
          head: "With the same",
          cell: ({ spec }) => ruleOf(spec).equal.join(", ") || <span className="muted">anything</span>,
        },
      ]}
      gone={() => "What it holds back is told from then on."}
    >
      While a cluster is down, nobody needs to hear that each of its servers is.
    </KeptTable>
  );
}

const FIRST = (label: string): Condition[] => [{ label, op: "=", value: "" }];

function InhibitForm({ kept, close }: { kept: Document | null; close: () => void }) {
  const [rule, setRule] = useState<Rule>(() =>
    kept === null ? { source: FIRST("alertname"), target: FIRST("severity"), equal: [] } : ruleOf(kept.spec),
  );
  const [equal, setEqual] = useState(rule.equal.join(", "));
  const { source, target } = rule;
  const empty = source.length === 0 || target.length === 0 ? "Say which alerts fire, and which are not told." : null;
  return (
    <KeptDialog
      kind="inhibit_rule"
      word="rule"
      kept={kept}
      spec={{ source_matchers: source, target_matchers: target, equal: namesOf(equal) }}
      problem={empty ?? conditionProblem([...source, ...target])}
      close={close}
    >
      <ConditionRows
        label="While alerts fire whose"
        help="All conditions must hold."
        conditions={source}
        onChange={(next) => setRule({ ...rule, source: next })}
      />
      <ConditionRows
        label="alerts are not told whose"
        help="All conditions must hold."
        conditions={target}
        onChange={(next) => setRule({ ...rule, target: next })}
      />
      <Field label="With the same" help="Labels that both must have with one value, apart by commas. Empty: any.">
        <TextInput value={equal} onChange={setEqual} mono autoCapitalize="none" placeholder="cluster" />
      </Field>
    </KeptDialog>
  );
}
