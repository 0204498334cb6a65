import type { ReactNode } from "react";
import { createContext, use, useId, useMemo, useState } from "react";

/** What an input takes from the field around it. */
export interface FieldState {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
  /** An input's own complaint about what is typed; null takes it back. */
  complain: (problem: string | null) => void;
}

const FieldContext = createContext<FieldState | null>(null);

/** The state of the field around an input; an input that stands alone gets one without label. */
export function useField(): FieldState {
  const own = useId();
  const field = use(FieldContext);
  return field ?? { id: own, describedBy: undefined, invalid: false, required: false, complain: () => undefined };
}

interface Props {
  label: string;
  children: ReactNode;
  /** One line below the input: what is expected, what it does. */
  help?: ReactNode;
  /** What is wrong and what would be right; takes the place of the help. */
  error?: string | null | undefined;
  required?: boolean;
  optional?: boolean;
  /** The label is read aloud but not drawn, where a heading beside it says the same. */
  hideLabel?: boolean;
  /** Beside the label: a link, a counter. */
  aside?: ReactNode;
  className?: string;
}

/** Label above, one input, help or error below; the input finds its name and description by itself. */
export function Field({ label, children, help, error, required, optional, hideLabel, aside, className }: Props) {
  const id = useId();
  const [complaint, setComplaint] = useState<string | null>(null);
  const problem = error ?? complaint;
  const below = problem !== null || help !== undefined;
  const state = useMemo<FieldState>(
    () => ({
      id,
      describedBy: below ? `${id}-below` : undefined,
      invalid: problem !== null,
      required: required === true,
      complain: setComplaint,
    }),
    [id, below, problem, required],
  );
  return (
    <FieldContext value={state}>
      <div className={`field${className === undefined ? "" : ` ${className}`}`}>
        <div className={hideLabel === true ? "sr-only" : "field__label"}>
          <label className="label" htmlFor={id}>
            {label}
          </label>
          {optional === true ? <span className="field__mark">optional</span> : null}
          {aside === undefined ? null : <span className="ml-auto">{aside}</span>}
        </div>
        {children}
        {problem !== null ? (
          <p id={`${id}-below`} className="error-text" role="alert">
            {problem}
          </p>
        ) : help === undefined ? null : (
          <p id={`${id}-below`} className="help-text">
            {help}
          </p>
        )}
      </div>
    </FieldContext>
  );
}

/** Several inputs under one heading: check boxes of one choice, the two ends of a range. */
export function FieldGroup({ label, help, children }: { label: string; help?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <fieldset className="field-group" aria-describedby={help === undefined ? undefined : id}>
      <legend className="label">{label}</legend>
      {help === undefined ? null : (
        <p id={id} className="help-text">
          {help}
        </p>
      )}
      {children}
    </fieldset>
  );
}
