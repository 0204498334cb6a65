import { SearchInput, Select } from "../../../ui";
import type { Alert, AlertFilter, AlertState } from "./alerts";
import { STATES, countStates, severityRank } from "./alerts";
import { STATE_WORDS } from "./words";

interface Props {
  alerts: readonly Alert[];
  filter: AlertFilter;
  change: (change: Readonly<Record<string, string | null>>) => void;
}

/** Labels by which most people would group come first; one that every alert has its own value of is of no use. */
function groupChoices(alerts: readonly Alert[], by: string): { value: string; label: string }[] {
  const names = new Set(alerts.flatMap((one) => Object.keys(one.labels)));
  names.delete("alertname");
  if (by !== "" && by !== "alertname") names.add(by);
  return [
    { value: "alertname", label: "By rule" },
    ...[...names].sort().map((name) => ({ value: name, label: `By ${name}` })),
    { value: "", label: "One list" },
  ];
}

/** Which alerts are shown, and in which groups. */
export function AlertTools({ alerts, filter, change }: Props) {
  const counts = new Map<AlertState, number>(countStates(alerts));
  const severities = [...new Set(alerts.map((one) => one.severity))]
    .filter((one) => one !== "")
    .sort((a, b) => severityRank(a) - severityRank(b));
  if (filter.severity !== null && !severities.includes(filter.severity)) severities.push(filter.severity);
  return (
    <div className="alert-tools">
      <SearchInput
        label="Find by label or text"
        value={filter.text}
        maxLength={200}
        onChange={(text) => change({ text: text === "" ? null : text })}
      />
      <Select
        label="State"
        value={filter.state ?? ""}
        options={[
          { value: "", label: "All states" },
          ...STATES.map((value) => ({ value, label: `${STATE_WORDS[value]} (${counts.get(value) ?? 0})` })),
        ]}
        onChange={(state) => change({ state: state === "" ? null : state })}
      />
      <Select
        label="Severity"
        value={filter.severity ?? ""}
        options={[{ value: "", label: "All severities" }, ...severities.map((value) => ({ value, label: value }))]}
        onChange={(severity) => change({ severity: severity === "" ? null : severity })}
      />
      <Select
        label="Groups"
        value={filter.by}
        options={groupChoices(alerts, filter.by)}
        onChange={(by) => change({ by: by === "alertname" ? null : by })}
      />
    </div>
  );
}
