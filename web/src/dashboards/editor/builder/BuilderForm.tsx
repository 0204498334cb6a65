import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { metadata, metricNames } from "../../../api/client";
import type { MenuEntry } from "../../../ui";
import { Button, IconButton, Menu } from "../../../ui";
import { FilterEditor } from "../../variables/FilterPicker";
import { ListPicker } from "../../variables/ListPicker";
import { Pop } from "../../variables/Pop";
import { useVariables } from "../../data/useVariables";
import type { BuilderQuery, Matcher, Operation } from "./model";
import { selectorOf, startOf, writeQuery } from "./model";
import { OperationChip } from "./OperationChip";
import type { OperationSpec } from "./operations";
import { OPERATIONS, RATE_WINDOW } from "./operations";

interface Props {
  /** The query's letter. */
  name: string;
  query: BuilderQuery;
  onChange: (promql: string) => void;
}

const HEADINGS: readonly [OperationSpec["kind"], string][] = [
  ["window", "Over time"],
  ["aggregate", "Over series"],
  ["function", "Functions"],
  ["number", "With a number"],
];

/** One metric, its filters and operations, without writing PromQL. */
export function BuilderForm({ name, query, onChange }: Props) {
  const change = (next: Partial<BuilderQuery>): void => onChange(writeQuery({ ...query, ...next }));
  const { operations, matchers } = query;
  const setMatcher = (at: number, matcher: Matcher | null): void =>
    change({ matchers: matchers.flatMap((one, index) => (index !== at ? [one] : matcher === null ? [] : [matcher])) });
  const setOperation = (at: number, next: Operation | null): void =>
    change({ operations: operations.flatMap((one, index) => (index !== at ? [one] : next === null ? [] : [next])) });
  const move = (at: number, by: number): void => {
    const moved = [...operations];
    const [one] = moved.splice(at, 1);
    if (one !== undefined) moved.splice(at + by, 0, one);
    change({ operations: moved });
  };
  return (
    <div className="edit-pairs">
      <span className="label">Metric</span>
      <MetricPicker
        name={name}
        metric={query.metric}
        onChoose={(metric, type) =>
          // operations that were chosen stay; the first metric brings what is usual for it
          change({
            metric,
            operations: query.metric === "" && operations.length === 0 ? startOf(metric, type) : operations,
          })
        }
      />
      <span className="label">Filter</span>
      <div className="edit-chips">
        {matchers.map((matcher, at) => (
          // filters stay in their order
          <MatcherChip
            key={`${at} ${matcher.label}`}
            matcher={matcher}
            within={selectorOf({ metric: query.metric, matchers: matchers.filter((_, index) => index !== at) })}
            onChange={(next) => setMatcher(at, next)}
          />
        ))}
        <MatcherChip
          key={`new ${matchers.length}`}
          matcher={null}
          within={selectorOf(query)}
          onChange={(next) => {
            if (next !== null) change({ matchers: [...matchers, next] });
          }}
        />
      </div>
      <span className="label">Operations</span>
      <div className="edit-chips">
        {operations.map((operation, at) => (
          // operations stay in their order
          <OperationChip
            key={`${at} ${operation.name}`}
            operation={operation}
            within={selectorOf(query)}
            onChange={(next) => setOperation(at, next)}
            onMove={(by) => move(at, by)}
            canMove={[at > 0, at < operations.length - 1]}
          />
        ))}
        <AddOperation
          name={name}
          hasWindow={operations.length > 0}
          onAdd={(one) => change({ operations: [...operations, one] })}
        />
      </div>
    </div>
  );
}

function AddOperation({
  name,
  hasWindow,
  onAdd,
}: {
  name: string;
  hasWindow: boolean;
  onAdd: (one: Operation) => void;
}) {
  const entries = HEADINGS.flatMap<MenuEntry>(([kind, heading]) => {
    // a window stands right at the metric
    if (kind === "window" && hasWindow) return [];
    return [
      { heading },
      ...OPERATIONS.filter((one) => one.kind === kind).map<MenuEntry>((one) => ({
        label: one.title,
        onSelect: () => onAdd(started(one)),
      })),
    ];
  });
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={Plus} label={`Add an operation to query ${name}`} />}
      entries={entries}
    />
  );
}

function started({ name, kind, param, after }: OperationSpec): Operation {
  const number = param?.value ?? after?.value;
  return {
    name,
    ...(kind === "window" ? { window: RATE_WINDOW } : {}),
    ...(number === undefined ? {} : { number }),
  };
}

interface MetricProps {
  name: string;
  metric: string;
  onChoose: (metric: string, type: string) => void;
}

function MetricPicker({ name, metric, onChoose }: MetricProps) {
  const [open, setOpen] = useState(false);
  const names = useQuery({ queryKey: ["metric names"], queryFn: ({ signal }) => metricNames(signal) });
  const about = useQuery({ queryKey: ["metadata"], queryFn: ({ signal }) => metadata(signal) });
  const options = useMemo(
    () =>
      (names.data ?? []).map((one) => {
        const told = about.data?.[one]?.[0] ?? about.data?.[one.replace(/_(?:bucket|sum|count|total)$/, "")]?.[0];
        return { value: one, text: one, note: [told?.type, told?.help].filter(Boolean).join(": ") };
      }),
    [names.data, about.data],
  );
  const typeOf = (one: string): string => about.data?.[one]?.[0]?.type ?? "";
  return (
    <Pop
      open={open}
      onOpenChange={setOpen}
      label="Metric"
      wide
      trigger={
        <button
          type="button"
          className="edit-pick mono"
          aria-label={`Metric of query ${name}: ${metric === "" ? "none" : metric}`}
        >
          <span className="truncate">{metric === "" ? "Choose a metric" : metric}</span>
          <ChevronsUpDown className="icon icon--xs" aria-hidden />
        </button>
      }
    >
      <ListPicker
        label="metrics"
        options={options}
        chosen={metric === "" ? [] : [metric]}
        multi={false}
        free
        onChoose={([one = ""]) => onChoose(one, typeOf(one))}
        onDone={() => setOpen(false)}
      />
    </Pop>
  );
}

interface MatcherProps {
  matcher: Matcher | null;
  /** A selector of the series among which labels and values are offered. */
  within: string;
  onChange: (matcher: Matcher | null) => void;
}

function MatcherChip({ matcher, within, onChange }: MatcherProps) {
  const [open, setOpen] = useState(false);
  const { states } = useVariables();
  const text = matcher === null ? "" : `${matcher.label}${matcher.op}${matcher.value === "" ? '""' : matcher.value}`;
  return (
    <Pop
      open={open}
      onOpenChange={setOpen}
      label="Filter"
      trigger={
        matcher === null ? (
          <IconButton icon={Plus} label="Add a filter" />
        ) : (
          <button type="button" className="chip mono" aria-label={`Filter ${text}`}>
            {text}
          </button>
        )
      }
    >
      <FilterEditor
        filter={matcher}
        within={within}
        more={states.map(({ variable }) => `$${variable.name}`)}
        onDone={(next) => {
          setOpen(false);
          onChange(next);
        }}
      />
      {matcher === null ? null : (
        <div className="picker__foot">
          <Button
            small
            variant="danger"
            onClick={() => {
              setOpen(false);
              onChange(null);
            }}
          >
            Remove
          </Button>
        </div>
      )}
    </Pop>
  );
}
