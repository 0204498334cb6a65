import { Field, NumberInput, Segmented, Select } from "../../ui";
import { isListed } from "../data/options";
import type { Repeat } from "../document";
import { COLUMNS } from "../document";
import { useDashboard } from "../store";
import { Labelled } from "./FieldForm";
import "./editor.css";

interface Props {
  repeat: Repeat | null;
  onChange: (repeat: Repeat | null) => void;
  /** A whole section: its copies stand below each other. */
  whole?: boolean;
}

const DIRECTIONS = [
  { value: "across", label: "Across" },
  { value: "down", label: "Down" },
] as const;
const FIRST: Repeat = { variable: "", direction: "across", per_row: 4 };

/** One copy for each value of a variable. */
export function RepeatForm({ repeat, onChange, whole = false }: Props) {
  const variables = useDashboard((state) => state.draft.spec.variables);
  const chosen = repeat?.variable ?? "";
  const names = variables.filter(isListed).map((one) => one.name);
  const offered = chosen === "" || names.includes(chosen) ? names : [...names, chosen];
  return (
    <div className="edit-group">
      <Field label="For each value of" help={names.length === 0 ? "This dashboard has no variables yet." : undefined}>
        <Select
          value={chosen}
          options={[{ value: "", label: "Nothing" }, ...offered.map((name) => ({ value: name, label: `$${name}` }))]}
          onChange={(variable) => onChange(variable === "" ? null : { ...FIRST, ...repeat, variable })}
        />
      </Field>
      {repeat === null || whole ? null : (
        <div className="edit-row">
          <Labelled label="Direction">
            <Segmented
              label="Direction"
              fill
              value={repeat.direction}
              choices={DIRECTIONS}
              onChange={(direction) => onChange({ ...repeat, direction })}
            />
          </Labelled>
          {repeat.direction === "down" ? null : (
            <Field label="Most in a row">
              <NumberInput
                value={repeat.per_row}
                min={1}
                max={COLUMNS}
                whole
                onChange={(next) => {
                  if (next !== null && next >= 1 && next <= COLUMNS) onChange({ ...repeat, per_row: next });
                }}
              />
            </Field>
          )}
        </div>
      )}
    </div>
  );
}
