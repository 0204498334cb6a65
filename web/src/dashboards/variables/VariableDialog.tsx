import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge, Button, Dialog, EmptyState, IconButton } from "../../ui";
import type { Variable } from "../document";
import { newVariable } from "../document";
import { useDashboard, useEdit } from "../store";
import { VariableForm } from "./VariableForm";

interface Props {
  onClose: () => void;
}

const MOST = 50;

function freeName(variables: readonly Variable[]): string {
  const taken = new Set(variables.map((one) => one.name));
  for (let count = 1; ; count += 1) {
    const name = `variable${count === 1 ? "" : count}`;
    if (!taken.has(name)) return name;
  }
}

/** The variables of the dashboard in their order: later ones may speak of earlier ones. */
export function VariableDialog({ onClose }: Props) {
  const variables = useDashboard((state) => state.draft.spec.variables);
  const edit = useEdit();
  const [at, setAt] = useState(0);
  const put = (next: Variable[], group?: string): void =>
    void edit.settingsChanged({
      change: { variables: next },
      label: "Change variables",
      ...(group === undefined ? {} : { group: `variables ${group}` }),
    });
  const chosen = variables[Math.min(at, variables.length - 1)];
  const index = chosen === undefined ? -1 : variables.indexOf(chosen);
  const move = (by: 1 | -1): void => {
    const next = [...variables];
    const [one] = next.splice(index, 1);
    if (one !== undefined) next.splice(index + by, 0, one);
    put(next);
    setAt(index + by);
  };
  const add = (): void => {
    put([...variables, newVariable(freeName(variables))]);
    setAt(variables.length);
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Variables"
      description="Values that questions, titles and links speak of as $name."
      actions={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="vars">
        <div className="vars__list">
          <ul aria-label="Variables">
            {variables.map((one, row) => (
              <li key={one.name}>
                <button
                  type="button"
                  className="menu-item"
                  aria-current={row === index ? "true" : undefined}
                  onClick={() => setAt(row)}
                >
                  <span className="spacer truncate mono">{one.name}</span>
                  <Badge>{KIND_WORDS[one.kind]}</Badge>
                </button>
              </li>
            ))}
          </ul>
          <Button small icon={Plus} disabled={variables.length >= MOST} onClick={add}>
            Add a variable
          </Button>
        </div>
        {chosen === undefined ? (
          <EmptyState title="No variables yet">
            A variable lets one dashboard serve many hosts, jobs or regions.
          </EmptyState>
        ) : (
          <div className="vars__form">
            <div className="flex gap-1 justify-end">
              <IconButton icon={ArrowUp} label="Move the variable up" disabled={index === 0} onClick={() => move(-1)} />
              <IconButton
                icon={ArrowDown}
                label="Move the variable down"
                disabled={index === variables.length - 1}
                onClick={() => move(1)}
              />
              <IconButton
                icon={Trash2}
                label="Remove the variable"
                onClick={() => put(variables.filter((one) => one !== chosen))}
              />
            </div>
            <VariableForm
              key={index}
              variable={chosen}
              taken={variables.filter((one) => one !== chosen).map((one) => one.name)}
              onChange={(change, field) =>
                put(
                  variables.map((one) => (one === chosen ? { ...one, ...change } : one)),
                  `${index} ${field}`,
                )
              }
            />
          </div>
        )}
      </div>
    </Dialog>
  );
}

const KIND_WORDS: Readonly<Record<Variable["kind"], string>> = {
  label_values: "label",
  query: "query",
  custom: "list",
  text: "text",
  interval: "interval",
  constant: "constant",
  adhoc: "filters",
};
