import type { Route } from "../../../api/routing";
import { Field, Select } from "../../../ui";
import { NameChecks } from "../onCall/NameChecks";
import { withMissing } from "../rows/withMissing";
import type { Inherited } from "./route";

export interface PartProps {
  route: Route;
  change: (more: Partial<Route>) => void;
}

interface ReceiverProps extends PartProps {
  isRoot: boolean;
  above: Inherited;
  contacts: readonly string[];
}

/** Whom a node tells. */
export function Receiver({ route, isRoot, above, contacts, change }: ReceiverProps) {
  const { receiver = "" } = route;
  const options = withMissing(contacts, receiver);
  return (
    <Field label="Tells" required={isRoot}>
      <Select
        value={isRoot && receiver === "" ? null : receiver}
        options={isRoot ? options : [{ value: "", label: `As above: ${above.receiver}` }, ...options]}
        onChange={(next) => change({ receiver: next })}
        placeholder="A contact point"
      />
    </Field>
  );
}

interface EscalationProps extends PartProps {
  above: Inherited;
  escalations: readonly string[];
}

/** What follows when nobody acknowledges. Names are told from what is no name by the sign before them. */
export function Escalation({ route, above, escalations, change }: EscalationProps) {
  const own = route.escalation ?? null;
  const isNone = above.escalation === "";
  const options = [
    { value: "above", label: isNone ? "Nothing follows" : `As above: ${above.escalation}` },
    ...(isNone ? [] : [{ value: "none", label: "Nothing follows" }]),
    ...withMissing(escalations, own ?? "").map(({ value, label }) => ({ value: `=${value}`, label })),
  ];
  return (
    <Field label="When nobody acknowledges">
      <Select
        value={own === null || (own === "" && isNone) ? "above" : own === "" ? "none" : `=${own}`}
        options={options}
        onChange={(next) => change({ escalation: next === "above" ? null : next === "none" ? "" : next.slice(1) })}
      />
    </Field>
  );
}

const TIMINGS = [
  { field: "mute_timings", label: "Quiet at" },
  { field: "active_timings", label: "Speaks only at" },
] as const;

/** When a node is quiet. */
export function Timings({ route, timings, change }: PartProps & { timings: readonly string[] }) {
  return TIMINGS.map(({ field, label }) => (
    <NameChecks
      key={field}
      label={label}
      names={timings}
      chosen={route[field] ?? []}
      onChange={(chosen) => change({ [field]: chosen })}
    />
  ));
}
