import { Checkbox, FieldGroup } from "../../../ui";
import { PERMISSIONS } from "../../access/words";

interface Props {
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  fixed: boolean;
}

/** Every right that a role can hold, with what it is for. */
export function PermissionList({ chosen, onChange, fixed }: Props) {
  return (
    <FieldGroup label="May">
      <div className="grid gap-2 sm:grid-cols-2">
        {PERMISSIONS.map(({ name, title, help }) => (
          <Checkbox
            key={name}
            label={title}
            help={help}
            disabled={fixed}
            checked={chosen.includes(name)}
            onChange={(on) => onChange(on ? [...chosen, name] : chosen.filter((one) => one !== name))}
          />
        ))}
      </div>
    </FieldGroup>
  );
}
