import { X } from "lucide-react";
import { useMemo, useState } from "react";
import type { TakenOutcome } from "../../../api/dashboards";
import { readDashboard, writeDashboard } from "../../../dashboards/document";
import { MiniLayout } from "../../../dashboards/save/MiniLayout";
import { Badge, Field, IconButton, Notice, TextInput } from "../../../ui";
import type { Item } from "./items";
import { ReportView } from "./ReportView";
import { VariableList } from "./VariableList";

interface Props {
  items: readonly Item[];
  /** By key; null while it is being asked. */
  outcomes: ReadonlyMap<string, TakenOutcome | null>;
  change: (key: string, change: Partial<Item>) => void;
  remove: (key: string) => void;
}

function words(item: Item, outcome: TakenOutcome | null | undefined): { status: "ok" | "warn" | "crit"; word: string } {
  if (item.problem !== null) return { status: "crit", word: "not taken" };
  if (outcome === null || outcome === undefined) return { status: "ok", word: "..." };
  if (outcome.action === "refuse") return { status: "crit", word: "refused" };
  if (outcome.action === "replace") return { status: "warn", word: "replaces" };
  return { status: "ok", word: "new" };
}

/** The dashboards that were found, and one of them from near. */
export function ImportItems({ items, outcomes, change, remove }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const shown = items.find((one) => one.key === open) ?? items[0];
  return (
    <div className="import-items">
      <ul aria-label="Dashboards found">
        {items.map((item) => {
          const { status, word } = words(item, outcomes.get(item.key));
          return (
            <li key={item.key}>
              <button
                type="button"
                className="list-row"
                aria-current={item === shown ? "true" : undefined}
                onClick={() => setOpen(item.key)}
              >
                <span className="min-w-0 flex-1 truncate">{item.name}</span>
                <Badge status={status}>{word}</Badge>
              </button>
              <IconButton icon={X} label={`Leave out ${item.name}`} onClick={() => remove(item.key)} />
            </li>
          );
        })}
      </ul>
      {shown === undefined ? null : (
        <OneItem
          key={shown.key}
          item={shown}
          outcome={outcomes.get(shown.key) ?? null}
          change={(next) => change(shown.key, next)}
        />
      )}
    </div>
  );
}

interface OneProps {
  item: Item;
  outcome: TakenOutcome | null;
  change: (change: Partial<Item>) => void;
}

function OneItem({ item, outcome, change }: OneProps) {
  const dashboard = useMemo(() => (item.problem === null ? readDashboard(item.spec) : null), [item]);
  const problem = item.problem ?? (outcome?.action === "refuse" ? outcome.error : null);
  if (dashboard === null) return <Notice kind="crit">{`${item.source}: ${problem ?? ""}`}</Notice>;
  return (
    <section aria-label={item.name} className="import-one">
      <Field
        label="Name"
        help={
          outcome !== null && outcome.action === "create" && outcome.name !== item.name
            ? `There is one of this name: it becomes ${outcome.name}.`
            : undefined
        }
      >
        <TextInput value={item.name} maxLength={200} onChange={(name) => change({ name })} />
      </Field>
      {problem === null ? null : <Notice kind="crit">{problem}</Notice>}
      <MiniLayout
        content={{ name: item.name, spec: dashboard }}
        changes={[]}
        label={`${dashboard.widgets.length} widgets`}
      />
      {item.report === null ? null : <ReportView report={item.report} />}
      <VariableList
        variables={dashboard.variables}
        // what the server would refuse stays as it was given: only the variables are written anew
        onChange={(variables) =>
          change({
            spec: { ...(item.spec as object), variables: writeDashboard({ ...dashboard, variables })["variables"] },
          })
        }
      />
    </section>
  );
}
