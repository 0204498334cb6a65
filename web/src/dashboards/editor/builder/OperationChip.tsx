import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { prometheus } from "../../../api/client";
import { Button, Field, Segmented, TextInput } from "../../../ui";
import { ListPicker } from "../../variables/ListPicker";
import { Pop } from "../../variables/Pop";
import type { Operation } from "./model";
import { RATE_WINDOW, operationSpec } from "./operations";

interface Props {
  operation: Operation;
  /** A selector of the series whose labels are offered. */
  within: string;
  onChange: (operation: Operation | null) => void;
  onMove: (by: 1 | -1) => void;
  /** Towards the metric, and away from it. */
  canMove: readonly [boolean, boolean];
}

const GROUPINGS = [
  { value: "none", label: "All" },
  { value: "by", label: "By" },
  { value: "without", label: "Without" },
] as const;

const NUMBER = /^(?:-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\$\w+|\$\{[^{}]+\})$/;
const WINDOW = /^(?:(?:\d+(?:ms|s|m|h|d|w|y))+|\$\w+|\$\{[^{}]+\})$/;

function shortText({ name, window, number, grouping }: Operation): string {
  const by = grouping === undefined ? "" : ` ${grouping.by ? "by" : "without"} ${grouping.labels.join(", ")}`;
  const over = window === undefined ? "" : ` ${window === RATE_WINDOW ? "auto" : window}`;
  return `${number === undefined ? "" : ` ${number}`}${over}${by}`.trim() || operationSpec(name)?.title || name;
}

/** One step of the chain; opens what can be set of it. */
export function OperationChip({ operation, within, onChange, onMove, canMove }: Props) {
  const [open, setOpen] = useState(false);
  const spec = operationSpec(operation.name);
  const title = spec?.title ?? operation.name;
  const short = shortText(operation);
  const [back, forth] = canMove;
  return (
    <Pop
      open={open}
      onOpenChange={setOpen}
      label={title}
      trigger={
        <button type="button" className="chip" aria-label={`Operation ${title} ${short}`}>
          <b>{title}</b>
          {short === title ? null : <span>{short}</span>}
        </button>
      }
    >
      <div className="edit-group">
        <p className="help-text">{spec?.help}</p>
        {operation.window === undefined ? null : (
          <TypedInput
            label="Window"
            value={operation.window}
            accepts={WINDOW}
            help="$__rate_interval fits the step."
            onChange={(window) => onChange({ ...operation, window })}
          />
        )}
        {operation.number === undefined ? null : (
          <TypedInput
            label={spec?.param?.title ?? spec?.after?.title ?? "Number"}
            value={operation.number}
            accepts={NUMBER}
            onChange={(number) => onChange({ ...operation, number })}
          />
        )}
        {spec?.kind === "aggregate" ? <Grouping operation={operation} within={within} onChange={onChange} /> : null}
        <div className="picker__foot">
          <Button small variant="ghost" disabled={!back} onClick={() => onMove(-1)}>
            Earlier
          </Button>
          <Button small variant="ghost" disabled={!forth} onClick={() => onMove(1)}>
            Later
          </Button>
          <Button small variant="danger" className="ml-auto" onClick={() => onChange(null)}>
            Remove
          </Button>
        </div>
      </div>
    </Pop>
  );
}

interface TypedProps {
  label: string;
  value: string;
  accepts: RegExp;
  help?: string;
  onChange: (value: string) => void;
}

/** Only what fits is taken; the rest stays as it is typed, with what is wrong below. */
function TypedInput({ label, value, accepts, help, onChange }: TypedProps) {
  const [typed, setTyped] = useState(value);
  const fits = accepts.test(typed);
  return (
    <Field
      label={label}
      error={fits ? null : "Such as 5m, 0.95 or $variable."}
      {...(help === undefined ? {} : { help })}
    >
      <TextInput
        mono
        value={typed}
        onChange={(next) => {
          setTyped(next);
          if (accepts.test(next)) onChange(next);
        }}
      />
    </Field>
  );
}

function Grouping({ operation, within, onChange }: Pick<Props, "operation" | "within" | "onChange">) {
  const { grouping } = operation;
  const labels = useQuery({
    queryKey: ["labels of", within],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams({ limit: "1000" });
      // a selector with variables would find nothing
      if (!within.includes("$") && within !== "{}") params.set("match[]", within);
      return prometheus<string[]>("labels", params, signal);
    },
    enabled: grouping !== undefined,
    retry: false,
  });
  const chosen = grouping?.labels ?? [];
  const options = [...new Set([...chosen, ...(labels.data ?? []).filter((name) => name !== "__name__")])];
  const set = (by: boolean, names: readonly string[]): void =>
    onChange({ ...operation, grouping: { by, labels: names } });
  return (
    <>
      <Segmented
        label="Grouping"
        fill
        value={grouping === undefined ? "none" : grouping.by ? "by" : "without"}
        choices={GROUPINGS}
        onChange={(next) => {
          if (next !== "none") set(next === "by", chosen);
          else
            onChange({ name: operation.name, ...(operation.number === undefined ? {} : { number: operation.number }) });
        }}
      />
      {grouping === undefined ? null : (
        <ListPicker
          label="labels"
          options={options.map((value) => ({ value, text: value }))}
          chosen={chosen}
          multi
          onChoose={(names) => set(grouping.by, names)}
          onDone={() => undefined}
        />
      )}
    </>
  );
}
