import type { ComponentProps, KeyboardEvent } from "react";
import { useEffect, useState } from "react";
import { useField } from "./Field";
import { useInputProps } from "./TextInput";

type Native = Omit<ComponentProps<"input">, "value" | "onChange" | "id" | "type" | "min" | "max" | "step">;

interface Props extends Native {
  /** null: nothing is typed. */
  value: number | null;
  /** NaN: what is typed is not a number within the limits, and the field says so. */
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number;
  whole?: boolean;
  unit?: string;
}

interface Limits {
  min?: number | undefined;
  max?: number | undefined;
  whole?: boolean | undefined;
}

/** Why a text is not an acceptable number, or null. */
export function numberProblem(text: string, { min, max, whole }: Limits): string | null {
  const typed = text.trim();
  if (typed === "") return null;
  const value = Number(typed);
  if (!Number.isFinite(value)) {
    const start = Number.parseFloat(typed);
    return Number.isFinite(start) ? `Not a number. Try ${start}.` : "Not a number.";
  }
  if (whole === true && !Number.isInteger(value)) return `Not a whole number. Try ${Math.round(value)}.`;
  if (min !== undefined && value < min) return `At least ${min}.`;
  if (max !== undefined && value > max) return `At most ${max}.`;
  return null;
}

const show = (value: number | null): string => (value === null || Number.isNaN(value) ? "" : String(value));

/** A number as it is typed; arrow up and down change it by `step`. */
export function NumberInput({ value, onChange, min, max, step = 1, whole, unit, className, ...rest }: Props) {
  const { complain } = useField();
  const [text, setText] = useState(show(value));
  const problem = numberProblem(text, { min, max, whole });
  // a value from outside replaces the text, unless the text already means it ("1.0" is 1)
  if (!Number.isNaN(value) && problem === null && (text.trim() === "" ? null : Number(text)) !== value) {
    setText(show(value));
  }
  useEffect(() => {
    complain(problem);
    return () => complain(null);
  }, [problem, complain]);
  const take = (typed: string): void => {
    setText(typed);
    const wrong = numberProblem(typed, { min, max, whole }) !== null;
    onChange(wrong ? Number.NaN : typed.trim() === "" ? null : Number(typed));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const sign = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (sign === 0) return;
    event.preventDefault();
    const from = Number.isFinite(Number(text)) ? Number(text) : 0;
    const next = Math.min(max ?? Infinity, Math.max(min ?? -Infinity, from + sign * step));
    take(String(Number(next.toPrecision(12))));
  };
  const input = (
    <input
      {...useInputProps(`num ${className ?? ""}`, problem !== null)}
      inputMode={whole === true ? "numeric" : "decimal"}
      autoComplete="off"
      value={text}
      onChange={(event) => take(event.target.value)}
      onKeyDown={onKeyDown}
      {...rest}
    />
  );
  if (unit === undefined) return input;
  return (
    <span className="input-box">
      {input}
      <span className="input-box__unit" aria-hidden="true">
        {unit}
      </span>
    </span>
  );
}
