import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { prometheus } from "../../api/client";
import { Button, Segmented } from "../../ui";
import type { AdhocFilter } from "../data/adhoc";
import { ListPicker } from "./ListPicker";
import { Pop } from "./Pop";

const OPS = [
  { value: "=", label: "is" },
  { value: "!=", label: "is not" },
  { value: "=~", label: "matches" },
  { value: "!~", label: "does not" },
] as const;

const words = (op: AdhocFilter["op"]): string => (op === "=" ? "" : `${op} `);

/** A filter that holds on every widget. */
export function FilterChip({ filter, onRemove }: { filter: AdhocFilter; onRemove: () => void }) {
  const text = `${filter.label} ${words(filter.op)}${filter.value}`;
  return (
    <span className="var var--filter" title="Filter on every widget">
      <span>{filter.label}</span>
      <b>{`${words(filter.op)}${filter.value === "" ? "(empty)" : filter.value}`}</b>
      <button type="button" aria-label={`Remove filter ${text}`} onClick={onRemove}>
        <X className="icon icon--xs" aria-hidden />
      </button>
    </span>
  );
}

export function AddFilter({ onAdd }: { onAdd: (filter: AdhocFilter) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Pop
      open={open}
      onOpenChange={setOpen}
      label="Add a filter"
      trigger={
        <button type="button" className="var var--ghost">
          <Plus className="icon icon--xs" aria-hidden />
          Filter
        </button>
      }
    >
      <FilterEditor
        filter={null}
        within=""
        onDone={(filter) => {
          setOpen(false);
          onAdd(filter);
        }}
      />
    </Pop>
  );
}

interface EditorProps {
  filter: AdhocFilter | null;
  /** A selector: only labels and values of its series are offered; empty: of all. */
  within: string;
  /** Offered beside the values: variables. */
  more?: readonly string[];
  onDone: (filter: AdhocFilter) => void;
}

/** First the label, then how it compares, then the value, which ends it. */
export function FilterEditor({ filter, within, more = [], onDone }: EditorProps) {
  const [label, setLabel] = useState(filter?.label ?? "");
  const [op, setOp] = useState<AdhocFilter["op"]>(filter?.op ?? "=");
  // a selector with variables would find nothing
  const match = within === "{}" || within.includes("$") ? "" : within;
  const params = (): URLSearchParams => {
    const all = new URLSearchParams({ limit: "5000" });
    if (match !== "") all.set("match[]", match);
    return all;
  };
  const labels = useQuery({
    queryKey: ["label names", match],
    queryFn: ({ signal }) => prometheus<string[]>("labels", params(), signal),
  });
  const values = useQuery({
    queryKey: ["label values", label, match],
    queryFn: ({ signal }) => prometheus<string[]>(`label/${encodeURIComponent(label)}/values`, params(), signal),
    enabled: label !== "",
  });
  const asOptions = (list: readonly string[]) => list.map((one) => ({ value: one, text: one }));
  if (label === "") {
    return (
      <ListPicker
        key="labels"
        label="labels"
        options={asOptions((labels.data ?? []).filter((name) => name !== "__name__"))}
        chosen={[]}
        multi={false}
        free
        onChoose={([first = ""]) => setLabel(first)}
        onDone={() => undefined}
      />
    );
  }
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-2">
        <b className="truncate">{label}</b>
        <Button small variant="ghost" className="ml-auto" onClick={() => setLabel("")}>
          Another label
        </Button>
      </div>
      <Segmented label="Comparison" small fill value={op} choices={OPS} onChange={setOp} />
      <ListPicker
        key="values"
        label="values"
        options={asOptions([...more, ...(values.data ?? [])])}
        chosen={filter === null ? [] : [filter.value]}
        multi={false}
        free
        onChoose={([first = ""]) => onDone({ label, op, value: first })}
        onDone={() => undefined}
      />
    </div>
  );
}
