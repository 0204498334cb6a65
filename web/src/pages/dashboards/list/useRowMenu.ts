import { Copy, Download, FolderInput, House, LayoutTemplate, Trash2 } from "lucide-react";
import type { DocumentHead } from "../../../api/documents";
import { createNumbered, getDocument } from "../../../api/documents";
import { usePreferences } from "../../../queries/preferences";
import type { MenuEntry } from "../../../ui";
import { toast } from "../../../ui";

interface Wishes {
  mayEdit: boolean;
  open: (id: string) => void;
  save: (them: readonly DocumentHead[]) => Promise<void>;
  ask: (what: "move" | "delete", one: DocumentHead) => void;
  refresh: () => Promise<void>;
}

const told = (work: Promise<unknown>): void => {
  work.catch((failure: unknown) =>
    toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) }),
  );
};

/** What can be done with one dashboard of the list. */
export function useRowMenu({ mayEdit, open, save, ask, refresh }: Wishes): (one: DocumentHead) => MenuEntry[] {
  const { home, setHome } = usePreferences();
  const duplicate = async ({ id, name }: DocumentHead): Promise<void> => {
    const { spec } = await getDocument("dashboard", id);
    const made = await createNumbered("dashboard", { name: `${name} (copy)`, spec });
    await refresh();
    toast({ status: "ok", text: `Made "${made.name}".`, action: { label: "Open", run: () => open(made.id) } });
  };
  const asTemplate = async ({ id, name }: DocumentHead): Promise<void> => {
    const { spec } = await getDocument("dashboard", id);
    const made = await createNumbered("template", { name, spec });
    toast({ status: "ok", text: `"${made.name}" is a template now.` });
  };
  return (one) => [
    ...(mayEdit
      ? [
          { label: "Move", icon: FolderInput, onSelect: () => ask("move", one) },
          { label: "Duplicate", icon: Copy, onSelect: () => told(duplicate(one)) },
          { label: "Save as template", icon: LayoutTemplate, onSelect: () => told(asTemplate(one)) },
        ]
      : []),
    { label: "Export JSON", icon: Download, onSelect: () => told(save([one])) },
    {
      label: "Begin here",
      icon: House,
      checked: home === one.id,
      onSelect: () => told(setHome(home === one.id ? "" : one.id)),
    },
    ...(mayEdit
      ? ["line" as const, { label: "Delete", icon: Trash2, danger: true, onSelect: () => ask("delete", one) }]
      : []),
  ];
}
