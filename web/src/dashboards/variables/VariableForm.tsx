import { useState } from "react";
import { Field, Notice, Segmented, Select, Switch, TextArea, TextInput } from "../../ui";
import { isAsked, isListed, regexProblem, tooLate } from "../data/options";
import { useVariables } from "../data/useVariables";
import type { Variable } from "../document";
import { useDashboard } from "../store";

interface Props {
  variable: Variable;
  /** Names of the others. */
  taken: readonly string[];
  onChange: (change: Partial<Variable>, field: string) => void;
}

const KINDS: readonly { value: Variable["kind"]; label: string }[] = [
  { value: "label_values", label: "Values of a label" },
  { value: "query", label: "Answer of a query" },
  { value: "custom", label: "List of values" },
  { value: "interval", label: "Intervals" },
  { value: "text", label: "Free text" },
  { value: "constant", label: "Constant" },
  { value: "adhoc", label: "Filters on everything" },
];
const SORTS = [
  { value: "natural", label: "Natural" },
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "none", label: "As it comes" },
] as const;
const HIDES = [
  { value: "no", label: "Shown" },
  { value: "label", label: "No label" },
  { value: "all", label: "Hidden" },
] as const;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHOWN = 30;

export function VariableForm({ variable, taken, onChange }: Props) {
  const { kind } = variable;
  return (
    <div className="grid gap-3">
      <NameInput name={variable.name} taken={taken} onChange={(name) => onChange({ name }, "name")} />
      <Field label="Kind">
        <Select value={kind} options={KINDS} onChange={(next) => onChange(started(next), "kind")} />
      </Field>
      <Field label="Label" optional>
        <TextInput
          value={variable.label}
          placeholder={variable.name}
          onChange={(label) => onChange({ label }, "label")}
        />
      </Field>
      <Source variable={variable} onChange={onChange} />
      {isListed(variable) ? (
        <>
          <Switch label="Several at once" checked={variable.multi} onChange={(multi) => onChange({ multi }, "multi")} />
          <Switch
            label="Offers All"
            checked={variable.with_all}
            onChange={(with_all) => onChange({ with_all }, "all")}
          />
          {variable.with_all ? (
            <Field label="All means" help="A regular expression instead of the list, such as .*" optional>
              <TextInput
                mono
                value={variable.all_value}
                onChange={(all_value) => onChange({ all_value }, "all value")}
              />
            </Field>
          ) : null}
        </>
      ) : null}
      {kind === "adhoc" ? (
        <p className="help-text">Adds the chosen filters to every query of the dashboard.</p>
      ) : (
        <Segmented
          label="In the bar"
          value={variable.hide}
          choices={HIDES}
          onChange={(hide) => onChange({ hide }, "hide")}
        />
      )}
      <Preview variable={variable} />
    </div>
  );
}

/** What a kind begins with. */
function started(kind: Variable["kind"]): Partial<Variable> {
  return kind === "interval" ? { kind, values: ["auto", "1m", "5m", "15m", "1h"] } : { kind };
}

/** Holds only a name that can be spoken of. */
function NameInput({
  name,
  taken,
  onChange,
}: {
  name: string;
  taken: readonly string[];
  onChange: (name: string) => void;
}) {
  const [typed, setTyped] = useState(name);
  const problem = !NAME.test(typed)
    ? "Letters, digits and _ only."
    : taken.includes(typed)
      ? "Another has this name."
      : null;
  return (
    <Field label="Name" error={problem} help={`Spoken of as $${name}.`}>
      <TextInput
        mono
        value={problem === null ? name : typed}
        onChange={(next) => {
          setTyped(next);
          if (NAME.test(next) && !taken.includes(next)) onChange(next);
        }}
      />
    </Field>
  );
}

function Source({ variable, onChange }: Pick<Props, "variable" | "onChange">) {
  const { kind } = variable;
  const late = useDashboard((state) => tooLate(variable, state.draft.spec.variables)).join(", ");
  const lines = (
    <Field
      label={kind === "interval" ? "Durations" : "Values"}
      help={kind === "interval" ? "One a line; auto follows the step." : "One a line; text : value shows another text."}
    >
      <TextArea
        mono
        rows={4}
        value={variable.values.join("\n")}
        onChange={(text) => onChange({ values: text === "" ? [] : text.split("\n") }, "values")}
      />
    </Field>
  );
  if (kind === "custom" || kind === "interval") return lines;
  if (kind === "constant") {
    return (
      <Field label="Value">
        <TextInput
          mono
          value={variable.values[0] ?? ""}
          onChange={(value) => onChange({ values: [value] }, "values")}
        />
      </Field>
    );
  }
  if (kind === "text") {
    return (
      <Field label="Begins as" optional>
        <TextInput
          value={variable.default[0] ?? ""}
          onChange={(value) => onChange({ default: value === "" ? [] : [value] }, "default")}
        />
      </Field>
    );
  }
  if (!isAsked(variable)) return null;
  return (
    <>
      <Field label="Label" help={kind === "query" ? "Empty: the values of the answer." : "Its values are offered."}>
        <TextInput
          mono
          value={variable.of_label}
          placeholder="job"
          onChange={(of_label) => onChange({ of_label }, "of")}
        />
      </Field>
      <Field
        label={kind === "query" ? "PromQL" : "Among the series of"}
        optional={kind !== "query"}
        error={late === "" ? null : `Only variables before this one are known here, not ${late}.`}
        help="May speak of variables before this one."
      >
        <TextArea
          mono
          rows={2}
          value={variable.query}
          placeholder={kind === "query" ? "topk(5, up)" : 'up{region="$region"}'}
          onChange={(query) => onChange({ query }, "query")}
        />
      </Field>
      <Field
        label="Keeps of each value"
        optional
        error={regexProblem(variable.regex)}
        help="A regular expression; its first group is taken."
      >
        <TextInput mono value={variable.regex} onChange={(regex) => onChange({ regex }, "regex")} />
      </Field>
      <Segmented label="Order" value={variable.sort} choices={SORTS} onChange={(sort) => onChange({ sort }, "sort")} />
      <Switch
        label="Asks again when the time changes"
        checked={variable.refresh === "time"}
        onChange={(on) => onChange({ refresh: on ? "time" : "load" }, "refresh")}
      />
    </>
  );
}

/** What it offers now. */
function Preview({ variable }: { variable: Variable }) {
  const { states } = useVariables();
  const state = states.find((one) => one.variable === variable);
  if (state === undefined || !isListed(variable)) return null;
  if (state.error !== null) return <Notice kind="crit">{state.error}</Notice>;
  const { options } = state;
  return (
    <section aria-label="Preview of values">
      <p className="label">
        {state.status === "loading" ? "Loading" : `${options.length} ${options.length === 1 ? "value" : "values"}`}
      </p>
      <div className="vars__preview">
        {options.slice(0, SHOWN).map((one) => (
          <span key={one.value} className="tag">
            {one.text === "" ? "(empty)" : one.text}
          </span>
        ))}
        {options.length > SHOWN ? <span className="tag">{options.length - SHOWN} more</span> : null}
      </div>
    </section>
  );
}
