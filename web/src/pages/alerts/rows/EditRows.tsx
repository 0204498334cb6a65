import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button, FieldGroup, IconButton } from "../../../ui";

interface Props<Row> {
  label: string;
  help?: string | undefined;
  /** What one is called, with its number behind: "Condition". */
  word: string;
  rows: readonly Row[];
  onChange: (rows: Row[]) => void;
  /** What another one begins with. */
  fresh: () => Row;
  /** On the button that adds one. */
  add: string;
  /** How a row is laid out; its last part takes it away. Left out: a box with a head. */
  className?: string;
  /** The order counts, and is changed. */
  ordered?: boolean;
  error?: string | undefined;
  children: (row: Row, set: (more: Partial<Row>) => void, at: number) => ReactNode;
}

/** Rows of a form, which are added, changed and taken away. */
export function EditRows<Row>(props: Props<Row>) {
  const { label, help, word, rows, onChange, fresh, add, className, ordered = false, error, children } = props;
  const isBoxed = className === undefined;
  const [removals, setRemovals] = useState(0);
  const remove = (at: number): void => {
    setRemovals(removals + 1);
    onChange(rows.filter((_, place) => place !== at));
  };
  const move = (at: number, by: number): void => {
    const next = [...rows];
    next.splice(at + by, 0, ...next.splice(at, 1));
    onChange(next);
  };
  return (
    <FieldGroup label={label} {...(help === undefined ? {} : { help })}>
      {rows.map((row, at) => {
        const name = `${word} ${at + 1}`;
        const fields = children(row, (more) => onChange(rows.with(at, { ...row, ...more })), at);
        const acts = (
          <span className="flex">
            {ordered ? (
              <>
                <IconButton
                  icon={ArrowUp}
                  label={`${name}: earlier`}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                />
                <IconButton
                  icon={ArrowDown}
                  label={`${name}: later`}
                  disabled={at === rows.length - 1}
                  onClick={() => move(at, 1)}
                />
              </>
            ) : null}
            <IconButton icon={X} label={`Remove ${name.toLowerCase()}`} onClick={() => remove(at)} />
          </span>
        );
        return (
          // rows have no names of their own; what is typed in one does not move into the place of one that is gone
          <div key={`${removals} ${at}`} className={className ?? "inset"} role="group" aria-label={name}>
            {isBoxed ? (
              <div className="inset__head">
                <span className="label" aria-hidden="true">
                  {name}
                </span>
                {acts}
              </div>
            ) : null}
            {fields}
            {isBoxed ? null : acts}
          </div>
        );
      })}
      {error === undefined ? null : (
        <p className="error-text" role="alert">
          {error}
        </p>
      )}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => onChange([...rows, fresh()])}
      >
        {add}
      </Button>
    </FieldGroup>
  );
}
