/** A chart shown as a table of its series, for whoever cannot read or tell apart what is drawn. */

import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "../../queries/session";
import { table } from "../../widgets/kinds/table";
import type { TableOptions } from "../../widgets/kinds/table";
import type { AnyWidgetKind } from "../../widgets/registry";
import type { Widget } from "../document";

/** The parameter of the address with the ids of the widgets. */
export const TABLE_PARAM = "table";
/** Kinds that are rows or words anyway. */
const READ_ANYWAY: ReadonlySet<string> = new Set([table.kind, "text", "log", "alerts"]);

export const canBeTable = ({ kind, mode }: AnyWidgetKind): boolean => mode !== "none" && !READ_ANYWAY.has(kind);

/** Each series with what is to be known of it over the window; of a moment there is one value. */
export function tableOptions({ queries }: Pick<Widget, "queries">): TableOptions {
  const moments = queries.every((one) => one.mode === "instant");
  return { ...table.defaults, values: moments ? ["last"] : ["last", "min", "avg", "max"] };
}

export interface AsTable {
  on: boolean;
  turn: () => void;
}

export function useAsTable(id: string): AsTable {
  const { location } = useSession();
  const on = useSyncExternalStore(location.watch, () => location.params.getAll(TABLE_PARAM).includes(id));
  const turn = useCallback(() => {
    const others = location.params.getAll(TABLE_PARAM).filter((one) => one !== id);
    const next = on ? others : [...others, id];
    location.change({ [TABLE_PARAM]: next.length === 0 ? null : next }, "replace");
  }, [location, on, id]);
  return { on, turn };
}
