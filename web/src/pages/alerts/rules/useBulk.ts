/** The same done to many rules, group by group. */

import { useCallback } from "react";
import { counted } from "../../../data/format";
import { toast, useAction } from "../../../ui";
import { useRefreshRules } from "./keys";
import type { Row } from "./list";
import { byDocument } from "./list";
import { idOf } from "./rule";
import { changeGroup, switched, withoutAll } from "./saving";

export interface Bulk {
  turn: (rows: readonly Row[], on: boolean) => Promise<boolean>;
  remove: (rows: readonly Row[]) => Promise<void>;
  busy: boolean;
  error: Error | null;
}

const named = (rows: readonly Row[]) => rows.map(({ rule, at }) => ({ id: idOf(rule), at }));

const wordsOf = (rows: readonly Row[]): string =>
  rows.length === 1 ? `Rule ${rows[0]?.name ?? ""}` : counted(rows.length, "rule");

/** Changes rules of documents; those of files are left out. */
export function useBulk(): Bulk {
  const refresh = useRefreshRules();
  const { run, busy, error } = useAction(async (rows: readonly Row[], on: boolean) => {
    for (const [document, own] of byDocument(rows)) await changeGroup(document, switched(named(own), on));
    await refresh();
    toast({ status: "ok", text: `${wordsOf(rows)} switched ${on ? "on" : "off"}.` });
  });
  const remove = useCallback(
    async (rows: readonly Row[]) => {
      for (const [document, own] of byDocument(rows)) await changeGroup(document, withoutAll(named(own)));
      await refresh();
      toast({ status: "ok", text: `${wordsOf(rows)} deleted.` });
    },
    [refresh],
  );
  return { turn: run, remove, busy, error };
}
