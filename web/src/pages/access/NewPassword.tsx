import { Check, Circle } from "lucide-react";
import type { Strength } from "./passwords";
import { passwordRules, strength } from "./passwords";
import { Field, PasswordInput } from "../../ui";

const LEVELS: readonly Strength[] = ["short", "fair", "good", "strong"];
const WORDS: Record<Strength, string> = { short: "Too short", fair: "Fair", good: "Good", strong: "Strong" };

interface Props {
  label: string;
  value: string;
  /** Whose it will be: it may not be the name itself. */
  name: string;
  onChange: (value: string) => void;
  error?: string | null;
}

/** A password to be: what is asked of it, and how strong it seems, while it is typed. */
export function NewPassword({ label, value, name, onChange, error = null }: Props) {
  const level = strength(value);
  return (
    <div className="grid gap-2">
      <Field label={label} error={error} required>
        <PasswordInput autoComplete="new-password" value={value} onChange={onChange} />
      </Field>
      <div className="meter" data-level={value === "" ? "none" : level} aria-hidden="true">
        {LEVELS.map((one) => (
          <i key={one} />
        ))}
        <span>{value === "" ? "" : WORDS[level]}</span>
      </div>
      <ul className="grid gap-1" aria-label="What is asked of a password">
        {passwordRules(value, name).map(({ text, met }, at) => (
          <li key={at} className="help-text flex items-center gap-1.5">
            {met ? (
              <Check className="icon icon--xs text-[color:var(--ok-text)]" aria-hidden />
            ) : (
              <Circle className="icon icon--xs" aria-hidden />
            )}
            {text}
            <span className="sr-only">{met ? ", met" : ", not met yet"}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
