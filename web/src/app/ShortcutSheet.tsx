import { useSyncExternalStore } from "react";
import { useSession } from "../queries/session";
import { Modal } from "../ui/Modal";
import { KeyCaps } from "./KeyCaps";

const CHART_KEYS: readonly [string, string][] = [
  ["Read values", "left"],
  ["Pin the crosshair", "enter"],
  ["Let go", "Esc"],
];

/** Every key of this page, by group. */
export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { commands } = useSession();
  const all = useSyncExternalStore(commands.watch, commands.read).filter((command) => command.keys !== undefined);
  const groups = [...new Set(all.map((command) => command.group))];
  return (
    <Modal open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-3 p-4 sm:grid-cols-2">
        {groups.map((group) => (
          <KeyList
            key={group}
            name={group}
            rows={all.filter((one) => one.group === group).map((one) => [one.title, one.keys ?? ""])}
          />
        ))}
        <KeyList name="On a chart" rows={CHART_KEYS} />
      </div>
    </Modal>
  );
}

function KeyList({ name, rows }: { name: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3 className="label pb-1">{name}</h3>
      <ul>
        {rows.map(([title, keys]) => (
          <li key={title} className="flex min-h-7 items-center justify-between gap-3">
            <span className="soft">{title}</span>
            <KeyCaps keys={keys} />
          </li>
        ))}
      </ul>
    </section>
  );
}
