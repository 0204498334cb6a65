import { useSyncExternalStore, useState } from "react";
import { inputMoment } from "../../../data/timeRange";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, Field, Select, TextInput } from "../../../ui";
import type { AuditFilter, FieldName } from "./filter";

const TEXTS: readonly { name: FieldName; label: string; placeholder: string; server?: boolean }[] = [
  { name: "actor", label: "Who", placeholder: "admin" },
  { name: "action", label: "What", placeholder: "login, or user. for all of users" },
  { name: "object_kind", label: "On", placeholder: "user, key, project" },
  { name: "of_project", label: "Project", placeholder: "Any", server: true },
  { name: "address", label: "From", placeholder: "127.0.0.1" },
];

const RESULTS = [
  { value: "any", label: "Any result" },
  { value: "ok", label: "ok" },
  { value: "refused", label: "refused" },
  { value: "failed", label: "failed" },
] as const;

interface Props {
  filter: AuditFilter;
  onClear: (() => void) | null;
}

/** Each field is a part of the address, so that a view of the log can be handed on. */
export function AuditFilters({ filter, onClear }: Props) {
  const { location } = useSession();
  const may = useMay();
  const result = RESULTS.find((one) => one.value === filter.values.result)?.value ?? "any";
  const change = (name: string, value: string): void =>
    location.change({ [name]: value.trim() === "" ? null : value.trim() }, "push");
  return (
    <div className="filters" role="search" aria-label="Filter the log">
      {TEXTS.filter((one) => one.server !== true || may("instance:admin")).map(({ name, label, placeholder }) => (
        <FilterText
          key={`${name} ${filter.values[name] ?? ""}`}
          label={label}
          placeholder={placeholder}
          value={filter.values[name] ?? ""}
          onCommit={(value) => change(name, value)}
        />
      ))}
      <Field label="Result">
        <Select value={result} options={RESULTS} onChange={(value) => change("result", value === "any" ? "" : value)} />
      </Field>
      <Edge label="Not before" at_ms={filter.since_ms} onCommit={(value) => change("since_ms", value)} />
      <Edge label="Before" at_ms={filter.until_ms} onCommit={(value) => change("until_ms", value)} />
      {onClear === null ? null : (
        <Button variant="ghost" className="self-end justify-self-start" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  placeholder: string;
  value: string;
  onCommit: (value: string) => void;
}

/** Takes effect on enter, and on leaving the field. */
function FilterText({ label, placeholder, value, onCommit }: TextProps) {
  const [text, setText] = useState(value);
  const commit = (): void => {
    if (text.trim() !== value) onCommit(text);
  };
  return (
    <Field label={label}>
      <TextInput
        value={text}
        onChange={setText}
        placeholder={placeholder}
        autoCapitalize="none"
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
    </Field>
  );
}

function Edge({ label, at_ms, onCommit }: { label: string; at_ms: number | null; onCommit: (value: string) => void }) {
  const { zone } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  return (
    <Field label={label}>
      <TextInput
        type="datetime-local"
        value={at_ms === null ? "" : inputMoment(at_ms, shown)}
        onChange={(text) => {
          const chosen_ms = Date.parse(shown === "utc" ? `${text}Z` : text);
          onCommit(Number.isNaN(chosen_ms) ? "" : String(chosen_ms));
        }}
      />
    </Field>
  );
}
