import { Field, NumberInput } from "../../../ui";
import { LIMITS } from "./limits";
import type { Typed } from "./limits";

interface Props {
  typed: Typed;
  onChange: (typed: Typed) => void;
  fixed: boolean;
}

/** One field for each limit; empty takes the server's setting. */
export function LimitFields({ typed, onChange, fixed }: Props) {
  return (
    <div className="form-row form-row--top">
      {LIMITS.map(({ name, label, unit, help, whole }) => (
        <Field key={name} label={label} help={help}>
          <NumberInput
            value={typed[name] ?? null}
            onChange={(value) => onChange({ ...typed, [name]: value })}
            min={whole ? 1 : 0.001}
            whole={whole}
            unit={unit}
            placeholder="Server's setting"
            disabled={fixed}
          />
        </Field>
      ))}
    </div>
  );
}
