import { ChevronDown, LoaderCircle, TriangleAlert, Variable } from "lucide-react";
import { useState } from "react";
import { Button, Notice, TextInput } from "../ui";
import { ALL, isListed } from "./data/options";
import type { VariableState } from "./data/useVariables";
import { useVariables } from "./data/useVariables";
import { AddFilter, FilterChip } from "./variables/FilterPicker";
import { ListPicker } from "./variables/ListPicker";
import { useDashboard } from "./store";
import { Pop } from "./variables/Pop";
import { VariableDialog } from "./variables/VariableDialog";
import "./variables.css";

const SHOWN = 3;

/** Variables and filters of the dashboard; nothing where there are none. */
export function VariableBar() {
  const { states, filters, setFilters, hasAdhoc } = useVariables();
  const shown = states.filter(({ variable }) => variable.hide !== "all" && variable.kind !== "constant");
  const editing = useDashboard((state) => state.mode === "edit");
  const [open, setOpen] = useState(false);
  if (shown.length === 0 && filters.length === 0 && !hasAdhoc && !editing) return null;
  return (
    <div className="varbar" role="region" aria-label="Variables">
      {shown.map((state) => (
        <VariableControl key={state.variable.name} state={state} />
      ))}
      {filters.map((filter, at) => (
        <FilterChip
          // filters are only added at the end and told apart by what they say
          key={`${at} ${filter.label}`}
          filter={filter}
          onRemove={() => setFilters(filters.filter((one) => one !== filter))}
        />
      ))}
      {hasAdhoc || filters.length > 0 ? <AddFilter onAdd={(filter) => setFilters([...filters, filter])} /> : null}
      {editing ? (
        <button type="button" className="var var--ghost ml-auto" onClick={() => setOpen(true)}>
          <Variable className="icon icon--xs" aria-hidden />
          Variables
        </button>
      ) : null}
      {open ? <VariableDialog onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

const labelOf = ({ variable }: VariableState): string => (variable.label === "" ? variable.name : variable.label);

/** What is chosen in a few words. */
export function choiceText({ choice, value, options }: VariableState): string {
  if (choice.all) return options.length === 0 ? "All" : `All (${options.length})`;
  if (value.texts.length === 0) return "none";
  const [first = ""] = value.texts;
  if (value.texts.length > SHOWN) return `${value.texts.length} chosen`;
  return value.texts.length === 1 && first === "" ? "(empty)" : value.texts.join(", ");
}

function VariableControl({ state }: { state: VariableState }) {
  return isListed(state.variable) ? <ListControl state={state} /> : <TextControl state={state} />;
}

function ListControl({ state }: { state: VariableState }) {
  const { variable, options, choice, status, error } = state;
  const { choose } = useVariables();
  const [open, setOpen] = useState(false);
  const label = labelOf(state);
  const all = variable.with_all ? [{ value: ALL, text: "All" }] : [];
  const picked = choice.all ? [ALL] : choice.chosen;
  const take = (values: readonly string[]): void => {
    const added = values.find((one) => !picked.includes(one));
    if (added === ALL || values.length === 0) choose(variable.name, variable.with_all ? [ALL] : null);
    else
      choose(
        variable.name,
        values.filter((one) => one !== ALL),
      );
  };
  return (
    <Pop
      open={open}
      onOpenChange={setOpen}
      label={label}
      trigger={
        <button
          type="button"
          className={`var${status === "error" ? " var--wrong" : ""}`}
          title={variable.description === "" ? undefined : variable.description}
        >
          <span className={variable.hide === "label" ? "sr-only" : undefined}>{label}</span>
          <b>{choiceText(state)}</b>
          {status === "error" ? <span className="sr-only">, values could not be read</span> : null}
          {status === "loading" ? (
            <LoaderCircle className="icon icon--xs animate-spin" aria-hidden />
          ) : status === "error" ? (
            <TriangleAlert className="icon icon--xs" aria-hidden />
          ) : (
            <ChevronDown className="icon icon--xs" aria-hidden />
          )}
        </button>
      }
    >
      {error === null ? null : (
        <Notice
          kind="crit"
          action={
            <Button small onClick={state.retry}>
              Try again
            </Button>
          }
        >
          {error}
        </Notice>
      )}
      <ListPicker
        label={label}
        options={[...all, ...options]}
        chosen={picked}
        multi={variable.multi}
        onChoose={take}
        onDone={() => setOpen(false)}
      />
    </Pop>
  );
}

/** A text holds once enter is pressed or the field is left. */
function TextControl({ state }: { state: VariableState }) {
  const { choose } = useVariables();
  const [given = ""] = state.choice.chosen;
  const [typed, setTyped] = useState<string | null>(null);
  const take = (): void => {
    if (typed !== null && typed !== given) choose(state.variable.name, [typed]);
    setTyped(null);
  };
  const label = labelOf(state);
  return (
    <label className="var">
      {state.variable.hide === "label" ? null : <span>{label}</span>}
      <TextInput
        value={typed ?? given}
        onChange={setTyped}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
        }}
        aria-label={label}
      />
    </label>
  );
}
