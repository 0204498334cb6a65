import type { User } from "../../../api/access";
import { userPath } from "../../../api/access";
import { Dialog } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useRecord } from "../../access/useRecord";
import { UserForm } from "./UserForm";

/** A user's record, based on the version that is there now. */
export function EditUser({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useRecord<User>(userPath(id));
  if (data !== undefined) {
    return (
      <UserForm key={data.etag} user={data.data} etag={data.etag} onClose={onClose} reload={() => void refetch()} />
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title="User">
      {error === null ? <p className="muted">Loading</p> : <Problem error={error} retry={() => void refetch()} />}
    </Dialog>
  );
}
