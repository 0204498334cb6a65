import { counted } from "../../../data/format";
import { Button, Menu } from "../../../ui";
import type { Row } from "./list";
import type { Bulk } from "./useBulk";

interface Props {
  own: readonly Row[];
  bulk: Pick<Bulk, "turn" | "busy">;
  onRemove: () => void;
}

/** What is done to all rules that the filter shows and that can be changed. */
export function BulkMenu({ own, bulk, onRemove }: Props) {
  return (
    <Menu
      trigger={<Button busy={bulk.busy}>Change {counted(own.length, "rule")}</Button>}
      entries={[
        { heading: "All that the list shows" },
        { label: "Switch on", onSelect: () => void bulk.turn(own, true) },
        { label: "Switch off", onSelect: () => void bulk.turn(own, false) },
        "line",
        { label: "Delete", danger: true, onSelect: onRemove },
      ]}
    />
  );
}
