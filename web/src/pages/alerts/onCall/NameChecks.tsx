import { Checkbox, FieldGroup } from "../../../ui";

interface Props {
  label: string;
  names: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Some of several names; a chosen one that is not there any more stays to be taken away. */
export function NameChecks({ label, names, chosen, onChange }: Props) {
  const all = [...new Set([...names, ...chosen])];
  if (all.length === 0) return null;
  return (
    <FieldGroup label={label}>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {all.map((name) => (
          <Checkbox
            key={name}
            label={names.includes(name) ? name : `${name} (not there)`}
            checked={chosen.includes(name)}
            onChange={(on) => onChange(on ? [...chosen, name] : chosen.filter((one) => one !== name))}
          />
        ))}
      </div>
    </FieldGroup>
  );
}
