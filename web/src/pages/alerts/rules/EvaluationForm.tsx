import type { Rule } from "../../../api/rules";
import { counted } from "../../../data/format";
import { FieldGroup } from "../../../ui";
import { DurationField } from "../../../promql/DurationField";
import { QueryField } from "./condition/QueryField";
import type { GroupChoice } from "./GroupField";
import { GroupField } from "./GroupField";
import { isAlert } from "./rule";

interface Props {
  rule: Rule;
  onChange: (rule: Rule) => void;
  group: GroupChoice;
  onGroup: (group: GroupChoice) => void;
  fixedGroup: boolean;
  interval: string;
  onInterval: (interval: string) => void;
  /** What holds where nothing is typed; empty: the server's own. */
  usual: string;
  /** Rules of the group beside this one. */
  others: number;
  /** What the server says, by field. */
  problems: Readonly<Record<string, string>>;
}

/** When it is evaluated, and how long things have to be so. */
export function EvaluationForm(props: Props) {
  const { rule, onChange, group, onGroup, fixedGroup, interval, onInterval, usual, others, problems } = props;
  const set = (more: Partial<Rule>): void => onChange({ ...rule, ...more });
  return (
    <>
      <GroupField value={group} onChange={onGroup} fixed={fixedGroup} />
      <DurationField
        label="Every"
        value={interval}
        placeholder={usual || "as usual"}
        help={
          others === 0
            ? "How often it is evaluated."
            : `How often the group is evaluated; holds for its ${counted(others, "other rule")}, too.`
        }
        error={problems["interval"]}
        onChange={onInterval}
      />
      {isAlert(rule) ? (
        <>
          <div className="rule-row">
            <DurationField
              label="For"
              value={rule.for ?? ""}
              placeholder="at once"
              help="Pending that long before it fires."
              error={problems["for"]}
              onChange={(next) => set({ for: next })}
            />
            <DurationField
              label="Keep firing"
              value={rule.keep_firing_for ?? ""}
              placeholder="not at all"
              help="That long after it is over."
              error={problems["keep_firing_for"]}
              onChange={(next) => set({ keep_firing_for: next })}
            />
            <DurationField
              label="Cool-down"
              value={rule.cooldown ?? ""}
              placeholder="none"
              help="Not firing again for so long."
              error={problems["cooldown"]}
              onChange={(next) => set({ cooldown: next })}
            />
          </div>
          {rule.keep_firing_while === undefined || rule.keep_firing_while === "" ? null : (
            <FieldGroup label="Keep firing while">
              <QueryField
                label="Expression"
                text={rule.keep_firing_while}
                help="Once it fires, it goes on while this finds its labels."
                onChange={(next) => set({ keep_firing_while: next })}
              />
            </FieldGroup>
          )}
        </>
      ) : null}
    </>
  );
}
