import { ChevronsUpDown } from "lucide-react";
import { useInputProps } from "./TextInput";

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  disabled?: boolean;
}

interface Props<T extends string> {
  /** null: nothing is chosen yet. */
  value: T | null;
  options: readonly SelectOption<T>[];
  onChange: (value: T) => void;
  placeholder?: string;
  disabled?: boolean;
  /** The name where no field gives one. */
  label?: string;
  className?: string;
}

/** One of more than five choices, up to five are better shown by `Segmented`; the browser's own list opens. */
export function Select<T extends string>(props: Props<T>) {
  const { value, options, onChange, placeholder = "Choose", disabled, label, className } = props;
  return (
    <span className="input-box">
      <select
        {...useInputProps(`select ${className ?? ""}`)}
        aria-label={label}
        disabled={disabled === true}
        value={value ?? ""}
        data-placeholder={value === null ? "" : undefined}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {value === null ? (
          <option value="" disabled hidden>
            {placeholder}
          </option>
        ) : null}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled === true}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronsUpDown className="icon icon--xs input-box__chevron" aria-hidden />
    </span>
  );
}
