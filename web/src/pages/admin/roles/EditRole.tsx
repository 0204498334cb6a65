import type { Role } from "../../../api/access";
import { rolePath } from "../../../api/access";
import { Dialog } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useRecord } from "../../access/useRecord";
import { RoleForm } from "./RoleForm";

interface Props {
  name: string;
  holders: readonly string[];
  onClose: () => void;
}

/** A role, based on the version that is there now. */
export function EditRole({ name, holders, onClose }: Props) {
  const { data, error, refetch } = useRecord<Role>(rolePath(name));
  if (data !== undefined) {
    return (
      <RoleForm
        key={data.etag}
        existing={data.data}
        etag={data.etag}
        holders={holders}
        onClose={onClose}
        reload={() => void refetch()}
      />
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title={`Role ${name}`}>
      {error === null ? <p className="muted">Loading</p> : <Problem error={error} retry={() => void refetch()} />}
    </Dialog>
  );
}
