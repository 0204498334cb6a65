import { useSession } from "../../../queries/session";
import { Field, SearchInput, Select } from "../../../ui";
import { SOURCE_WORDS, STATE_WORDS } from "./columns";
import type { Filter, Row } from "./list";
import { SOURCES, STATES } from "./list";

interface Props {
  filter: Filter;
  rows: readonly Row[];
}

const ANY = "any";

/** What of the rules is shown; all of it is in the address. */
export function RuleFilters({ filter, rows }: Props) {
  const { location } = useSession();
  const change = (name: string, value: string): void =>
    location.change({ [name]: value === "" || value === ANY ? null : value }, "replace");
  const groups = [...new Set(rows.map((one) => one.group))].sort();
  const known = filter.group === null || groups.includes(filter.group) ? groups : [filter.group, ...groups];
  return (
    <div className="filters" role="search" aria-label="Filter the rules">
      <Field label="Text" hideLabel>
        <SearchInput
          label="Name, query, label, tag"
          value={filter.text}
          onChange={(text) => location.change({ text: text === "" ? null : text }, "replace")}
        />
      </Field>
      <Field label="State" hideLabel>
        <Select
          value={filter.state ?? ANY}
          options={[
            { value: ANY, label: "Any state" },
            ...STATES.map((value) => ({ value, label: STATE_WORDS[value] })),
          ]}
          onChange={(state) => change("state", state)}
        />
      </Field>
      <Field label="Group" hideLabel>
        <Select
          value={filter.group ?? ANY}
          options={[{ value: ANY, label: "Any group" }, ...known.map((value) => ({ value, label: value }))]}
          onChange={(group) => change("group", group)}
        />
      </Field>
      <Field label="From" hideLabel>
        <Select
          value={filter.source ?? ANY}
          options={[
            { value: ANY, label: "From anywhere" },
            ...SOURCES.map((value) => ({ value, label: SOURCE_WORDS[value] })),
          ]}
          onChange={(source) => change("source", source)}
        />
      </Field>
    </div>
  );
}
