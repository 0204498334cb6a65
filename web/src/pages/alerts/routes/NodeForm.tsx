import { useState } from "react";
import type { Route } from "../../../api/routing";
import { Button, Checkbox, Dialog, Field, FieldGroup, Notice, Select, TextInput } from "../../../ui";
import { ConditionRows } from "../matchers/ConditionRows";
import { DurationInput } from "./DurationInput";
import type { Inherited } from "./route";
import { BY_ALL, groupWords, namesOf, nodeProblem } from "./route";

/** Names that a node may use. */
export interface Names {
  contacts: readonly string[];
  timings: readonly string[];
  escalations: readonly string[];
}

interface Props {
  /** What is edited. */
  node: Route;
  title: string;
  isRoot: boolean;
  /** What holds where the node says nothing. */
  above: Inherited;
  names: Names;
  done: (node: Route) => void;
  close: () => void;
}

/** One node of a tree: which alerts it takes, whom it tells, and how often. */
export function NodeForm({ node, title, isRoot, above, names, done, close }: Props) {
  const [route, setRoute] = useState(node);
  const [tried, setTried] = useState(false);
  const change = (more: Partial<Route>): void => setRoute({ ...route, ...more });
  const problem = nodeProblem(route, isRoot);
  const submit = (): void => {
    setTried(true);
    if (problem === null) done(route);
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={title}
      wide
      onSubmit={submit}
      actions={
        <>
          <Button variant="ghost" onClick={close}>
            Cancel
          </Button>
          <Button variant="primary" type="submit">
            Take over
          </Button>
        </>
      }
    >
      {isRoot ? null : (
        <ConditionRows
          label="Takes alerts whose"
          help="All conditions must hold. A pattern must match the whole value."
          conditions={route.matchers ?? []}
          onChange={(matchers) => change({ matchers })}
        />
      )}
      <Receiver route={route} isRoot={isRoot} above={above} contacts={names.contacts} change={change} />
      <Grouping route={route} above={above} change={change} />
      {isRoot ? null : <Timings route={route} timings={names.timings} change={change} />}
      <Escalation route={route} above={above} escalations={names.escalations} change={change} />
      {isRoot ? null : (
        <Checkbox
          label="Ask the routes after this one, too"
          help="Otherwise an alert that it takes goes nowhere else."
          checked={route.continue === true}
          onChange={(goesOn) => change({ continue: goesOn })}
        />
      )}
      {tried && problem !== null ? <Notice kind="crit">{problem}</Notice> : null}
    </Dialog>
  );
}

/** Names to choose from, the chosen one among them even if it is not there. */
function known(names: readonly string[], chosen: string): { value: string; label: string }[] {
  const there = names.map((name) => ({ value: name, label: name }));
  const isMissing = chosen !== "" && !names.includes(chosen);
  return isMissing ? [...there, { value: chosen, label: `${chosen} (not there)` }] : there;
}

interface PartProps {
  route: Route;
  change: (more: Partial<Route>) => void;
}

interface ReceiverProps extends PartProps {
  isRoot: boolean;
  above: Inherited;
  contacts: readonly string[];
}

function Receiver({ route, isRoot, above, contacts, change }: ReceiverProps) {
  const { receiver = "" } = route;
  const options = known(contacts, receiver);
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

/** Names are told from what is no name by the sign before them. */
function Escalation({ route, above, escalations, change }: EscalationProps) {
  const own = route.escalation ?? null;
  const isNone = above.escalation === "";
  const options = [
    { value: "above", label: isNone ? "Nothing follows" : `As above: ${above.escalation}` },
    ...(isNone ? [] : [{ value: "none", label: "Nothing follows" }]),
    ...known(escalations, own ?? "").map(({ value, label }) => ({ value: `=${value}`, label })),
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

function Grouping({ route, above, change }: PartProps & { above: Inherited }) {
  const { group_by, group_wait_ms = null, group_interval_ms = null, repeat_interval_ms = null } = route;
  const own = group_by ?? null;
  const [text, setText] = useState((own ?? []).join(", "));
  return (
    <FieldGroup label="One message for many alerts">
      <Checkbox
        label="Groups of its own"
        help={own === null ? `As above: ${groupWords(above.group_by)}.` : undefined}
        checked={own !== null}
        onChange={(wanted) => change({ group_by: wanted ? namesOf(text) : null })}
      />
      {own === null ? null : (
        <Field label="Group by" help={`Labels, apart by commas; ${BY_ALL} is all of them. Empty: one group.`}>
          <TextInput
            value={text}
            onChange={(typed) => {
              setText(typed);
              change({ group_by: namesOf(typed) });
            }}
            mono
            autoCapitalize="none"
          />
        </Field>
      )}
      <div className="route-times">
        <DurationInput
          label="Wait for more"
          help="Before the first message."
          value={group_wait_ms}
          inherited={above.group_wait_ms}
          onChange={(next) => change({ group_wait_ms: next })}
        />
        <DurationInput
          label="Tell changes after"
          help="Not more often than this."
          value={group_interval_ms}
          inherited={above.group_interval_ms}
          onChange={(next) => change({ group_interval_ms: next })}
        />
        <DurationInput
          label="Repeat after"
          help="While it goes on."
          value={repeat_interval_ms}
          inherited={above.repeat_interval_ms}
          onChange={(next) => change({ repeat_interval_ms: next })}
        />
      </div>
    </FieldGroup>
  );
}

const TIMINGS = [
  { field: "mute_timings", label: "Quiet at" },
  { field: "active_timings", label: "Speaks only at" },
] as const;

function Timings({ route, timings, change }: PartProps & { timings: readonly string[] }) {
  const named = new Set([...timings, ...(route.mute_timings ?? []), ...(route.active_timings ?? [])]);
  if (named.size === 0) return null;
  return TIMINGS.map(({ field, label }) => {
    const chosen = route[field] ?? [];
    return (
      <FieldGroup key={field} label={label}>
        <div className="flex flex-wrap gap-4">
          {[...named].map((name) => (
            <Checkbox
              key={name}
              label={timings.includes(name) ? name : `${name} (not there)`}
              checked={chosen.includes(name)}
              onChange={(on) => change({ [field]: on ? [...chosen, name] : chosen.filter((one) => one !== name) })}
            />
          ))}
        </div>
      </FieldGroup>
    );
  });
}
