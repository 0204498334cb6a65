import { Plus, Trash2 } from "lucide-react";
import type { Condition, Several } from "../../../../api/rules";
import { Button, Checkbox, Field, IconButton, Select } from "../../../../ui";
import type { Kind } from "./condition";
import { KINDS, asKind } from "./condition";
import { LabelsField } from "./CompareFields";
import { KindFields } from "./KindFields";

interface Props {
  condition: Condition;
  onChange: (condition: Condition) => void;
  /** Which of several it is: "Condition 2, "; empty: the only one. */
  name?: string;
  depth?: number;
}

/** As deep as anybody can follow; the server takes more. */
const DEEPEST = 2;

/** What has to hold: its kind, and the fields of that kind. */
export function ConditionForm({ condition, onChange, name = "", depth = 0 }: Props) {
  const offered = KINDS.filter(
    ({ value }) => depth < DEEPEST || value === condition.kind || (value !== "and" && value !== "or"),
  );
  const kind: Kind = condition.kind;
  return (
    <>
      <Field label={`${name}Kind`} help={KINDS.find((one) => one.value === kind)?.help}>
        <Select
          value={kind === "not" ? null : kind}
          options={offered}
          onChange={(next) => onChange(asKind(condition, next))}
        />
      </Field>
      {condition.kind === "and" || condition.kind === "or" ? (
        <SeveralFields condition={condition} onChange={onChange} name={name} depth={depth} />
      ) : (
        <KindFields key={kind} condition={condition} onChange={onChange} name={name} />
      )}
    </>
  );
}

interface SeveralProps {
  condition: Several;
  onChange: (condition: Condition) => void;
  name: string;
  depth: number;
}

/** Conditions within one; in "all of" one may be what must not hold. */
function SeveralFields({ condition, onChange, name, depth }: SeveralProps) {
  const { kind, of, on = null } = condition;
  const put = (at: number, next: Condition): void =>
    onChange({ ...condition, of: of.map((one, place) => (place === at ? next : one)) });
  return (
    <>
      {of.map((one, at) => {
        const inner = one.kind === "not" ? one.of : one;
        const wrap = (next: Condition): Condition => (one.kind === "not" ? { kind: "not", of: next } : next);
        const own = `${name}Condition ${at + 1}`;
        return (
          // conditions have no name of their own and stay in their order
          <fieldset key={at} className="inset">
            <legend className="sr-only">{own}</legend>
            <div className="inset__head">
              <b aria-hidden="true">{own}</b>
              {kind === "and" ? (
                <Checkbox
                  label="must not hold"
                  checked={one.kind === "not"}
                  onChange={(not) => put(at, not ? { kind: "not", of: inner } : inner)}
                />
              ) : null}
              <IconButton
                icon={Trash2}
                label={`Remove ${own.toLowerCase()}`}
                disabled={of.length === 1}
                onClick={() => onChange({ ...condition, of: of.filter((_, place) => place !== at) })}
              />
            </div>
            <ConditionForm
              condition={inner}
              onChange={(next) => put(at, wrap(next))}
              name={`${own}, `}
              depth={depth + 1}
            />
          </fieldset>
        );
      })}
      <div className="rule-row">
        <LabelsField on={on} onChange={(next) => onChange({ ...condition, on: next })} />
        <Button
          small
          icon={Plus}
          className="self-end justify-self-start"
          disabled={of.length >= 20}
          onClick={() => onChange({ ...condition, of: [...of, { kind: "threshold", query: "", op: ">", value: 0 }] })}
        >
          Add a condition
        </Button>
      </div>
    </>
  );
}
