import type { Document } from "../../../api/documents";
import { deleteDocument, getDocument } from "../../../api/documents";
import { ConfirmDialog } from "../../../ui";
import { useRefreshRules } from "./keys";

interface Props {
  document: Document;
  /** How many rules it has. */
  count: number;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted: () => void;
}

/** Asks before a group goes, with all of its rules. */
export function DeleteGroup({ document, count, open, onOpenChange, onDeleted }: Props) {
  const refresh = useRefreshRules();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete group ${document.name}?`}
      confirm="Delete group"
      danger
      onConfirm={async () => {
        const { version } = await getDocument("rule_group", document.id);
        await deleteDocument("rule_group", document.id, version);
        await refresh();
        onDeleted();
      }}
    >
      Its {count === 1 ? "rule goes" : `${count} rules go`} with it, and their alerts are told as resolved. It can be
      brought back for some time.
    </ConfirmDialog>
  );
}
