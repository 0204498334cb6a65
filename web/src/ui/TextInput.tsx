import { Eye, EyeOff, Search, X } from "lucide-react";
import type { ComponentProps } from "react";
import { useState } from "react";
import { useField } from "./Field";

type Native = Omit<ComponentProps<"input">, "value" | "onChange" | "id" | "type">;

interface TextProps extends Native {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "url" | "date" | "time" | "datetime-local";
  /** Drawn inside at the right end. */
  unit?: string;
  mono?: boolean;
}

/** Attributes every kind of input takes from its field. */
export function useInputProps(className: string | undefined, invalid = false) {
  const field = useField();
  return {
    id: field.id,
    className: `input${className === undefined ? "" : ` ${className}`}`,
    "aria-invalid": field.invalid || invalid || undefined,
    "aria-describedby": field.describedBy,
    "aria-required": field.required || undefined,
  };
}

/** One line of text. */
export function TextInput({ value, onChange, type = "text", unit, mono, className, ...rest }: TextProps) {
  const look = `${mono === true ? "mono " : ""}${className ?? ""}`;
  const input = (
    <input
      {...useInputProps(look)}
      type={type}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
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

interface AreaProps extends Omit<ComponentProps<"textarea">, "value" | "onChange" | "id"> {
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
}

/** Several lines of text; grows with its content up to a limit. */
export function TextArea({ value, onChange, mono, className, rows = 3, ...rest }: AreaProps) {
  return (
    <textarea
      {...useInputProps(`input--area ${mono === true ? "mono " : ""}${className ?? ""}`)}
      rows={rows}
      value={value}
      spellCheck={mono !== true}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  );
}

interface PasswordProps extends Native {
  value: string;
  onChange: (value: string) => void;
  /** Tells password managers which one is meant. */
  autoComplete: "current-password" | "new-password";
}

/** A password: hidden, shown while its eye is pressed in. */
export function PasswordInput({ value, onChange, className, ...rest }: PasswordProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="input-box">
      <input
        {...useInputProps(className)}
        type={shown ? "text" : "password"}
        value={value}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      <button
        type="button"
        className="input-box__act"
        aria-label="Show password"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Icon className="icon icon--sm" aria-hidden />
      </button>
    </span>
  );
}

interface SearchProps extends Native {
  value: string;
  onChange: (value: string) => void;
  label: string;
}

/** A filter: named by `label`, emptied by escape or its cross. */
export function SearchInput({ value, onChange, label, className, ...rest }: SearchProps) {
  return (
    <span className="input-box input-box--search">
      <Search className="icon icon--sm input-box__icon" aria-hidden />
      <input
        {...useInputProps(className)}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || value === "") return;
          event.preventDefault();
          event.stopPropagation();
          onChange("");
        }}
        {...rest}
      />
      {value === "" ? null : (
        <button type="button" className="input-box__act" aria-label={`Clear ${label}`} onClick={() => onChange("")}>
          <X className="icon icon--sm" aria-hidden />
        </button>
      )}
    </span>
  );
}
