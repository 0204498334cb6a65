import { Check, Minus } from "lucide-react";
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from "radix-ui";
import type { ReactNode } from "react";
import { useId } from "react";

interface Props {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  help?: ReactNode;
  disabled?: boolean;
}

interface RowProps {
  id: string;
  label: string;
  help: ReactNode;
  children: ReactNode;
}

function Row({ id, label, help, children }: RowProps) {
  return (
    <div className="toggle">
      {children}
      <div className="min-w-0">
        <label className="toggle__label" htmlFor={id}>
          {label}
        </label>
        {help === undefined ? null : (
          <p id={`${id}-help`} className="help-text">
            {help}
          </p>
        )}
      </div>
    </div>
  );
}

interface CheckProps extends Omit<Props, "checked"> {
  /** "some": a part of what it stands for is checked. */
  checked: boolean | "some";
}

/** Something that holds once the form is saved. */
export function Checkbox({ label, checked, onChange, help, disabled }: CheckProps) {
  const id = useId();
  return (
    <Row id={id} label={label} help={help}>
      <RadixCheckbox.Root
        id={id}
        className="check"
        checked={checked === "some" ? "indeterminate" : checked}
        disabled={disabled === true}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onCheckedChange={(next) => onChange(next === true)}
      >
        <span className="check__box">
          <RadixCheckbox.Indicator asChild>
            {checked === "some" ? (
              <Minus className="icon icon--xs" aria-hidden />
            ) : (
              <Check className="icon icon--xs" aria-hidden />
            )}
          </RadixCheckbox.Indicator>
        </span>
      </RadixCheckbox.Root>
    </Row>
  );
}

interface SwitchProps extends Props {
  /** Read aloud in place of the label, where that alone says too little. */
  name?: string;
}

/** Something that changes at once. */
export function Switch({ label, name, checked, onChange, help, disabled }: SwitchProps) {
  const id = useId();
  return (
    <Row id={id} label={label} help={help}>
      <RadixSwitch.Root
        id={id}
        className="switch"
        aria-label={name === undefined ? undefined : `${label}, ${name}`}
        checked={checked}
        disabled={disabled === true}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onCheckedChange={onChange}
      >
        <span className="switch__track">
          <RadixSwitch.Thumb className="switch__thumb" />
        </span>
      </RadixSwitch.Root>
    </Row>
  );
}
