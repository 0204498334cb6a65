import { useQuery } from "@tanstack/react-query";
import { isAsked } from "../../../dashboards/data/options";
import { askValues } from "../../../dashboards/data/ask";
import type { Variable } from "../../../dashboards/document";
import { useSession } from "../../../queries/session";
import { Field, TextInput } from "../../../ui";

const LOOK_BACK_MS = 3_600_000;

interface Props {
  variables: readonly Variable[];
  onChange: (variables: Variable[]) => void;
}

/** What each variable begins with, and whether there are values for it here. */
export function VariableList({ variables, onChange }: Props) {
  const shown = variables.filter((one) => one.kind !== "adhoc");
  if (shown.length === 0) return null;
  return (
    <fieldset className="import-variables">
      <legend className="label">Variables</legend>
      {shown.map((variable) => (
        <OneVariable
          key={variable.name}
          variable={variable}
          onChange={(values) =>
            onChange(variables.map((one) => (one === variable ? { ...variable, default: values } : one)))
          }
        />
      ))}
    </fieldset>
  );
}

function OneVariable({ variable, onChange }: { variable: Variable; onChange: (values: string[]) => void }) {
  const { clock } = useSession();
  const asks = isAsked(variable) && !variable.query.includes("$");
  const values = useQuery({
    queryKey: ["values here", variable.kind, variable.of_label, variable.query],
    queryFn: ({ signal }) => {
      const end_ms = clock.now();
      const kind = variable.kind === "query" ? "query" : "label_values";
      const interval = { start_ms: end_ms - LOOK_BACK_MS, end_ms };
      return askValues({ kind, label: variable.of_label, query: variable.query }, interval, signal);
    },
    enabled: asks,
    retry: false,
  });
  const help = !asks
    ? undefined
    : values.data === undefined
      ? values.error === null
        ? "Looking for values"
        : values.error.message
      : values.data.length === 0
        ? `No series here has ${variable.of_label || "an answer"} for it: widgets that speak of it stay empty.`
        : `${values.data.length} here: ${values.data.slice(0, 3).join(", ")}${values.data.length > 3 ? " ..." : ""}`;
  const take = (text: string): void => {
    const given = variable.multi ? text.split(",").map((one) => one.trim()) : [text];
    onChange(given.filter((one) => one !== ""));
  };
  return (
    <Field label={variable.label || variable.name} help={help} optional={variable.kind !== "constant"}>
      <TextInput
        value={variable.default.join(", ")}
        placeholder={variable.with_all ? "All" : asks ? "The first one" : ""}
        onChange={take}
      />
    </Field>
  );
}
