import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { changeMany } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import { listDocuments } from "../../../api/documents";
import { FOLDERS_KEY, LIST_KEY } from "../../../dashboards/save/keys";
import { toast } from "../../../ui";

export const DELETED_KEY = ["deleted dashboards"] as const;

const words = (names: readonly string[]): string =>
  names.length === 1 ? `"${names[0] ?? ""}"` : `${names.length} dashboards`;

export function useDashboardList() {
  return useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listDocuments("dashboard", signal) });
}

export interface ListActions {
  refresh: () => Promise<void>;
  move: (them: readonly DocumentHead[], folder: string, where: string) => Promise<void>;
  remove: (them: readonly DocumentHead[]) => Promise<void>;
  restore: (ids: readonly string[]) => Promise<void>;
}

/** What is done with many at once; what could not be done with some is told, with the reason of the first. */
export function useListActions(): ListActions {
  const queries = useQueryClient();
  const refresh = useCallback(async () => {
    await Promise.all([LIST_KEY, FOLDERS_KEY, DELETED_KEY].map((queryKey) => queries.invalidateQueries({ queryKey })));
  }, [queries]);
  const run = useCallback(
    async (verb: "move" | "delete" | "restore", ids: readonly string[], folder = "") => {
      const outcomes = await changeMany(verb, ids, folder);
      await refresh();
      const [failed] = outcomes.filter((one) => one.error !== "");
      if (failed !== undefined) toast({ status: "crit", text: `${failed.name || failed.id}: ${failed.error}` });
      return outcomes.filter((one) => one.error === "");
    },
    [refresh],
  );
  const restore = useCallback(
    async (ids: readonly string[]) => {
      const done = await run("restore", ids);
      if (done.length > 0) toast({ status: "ok", text: `Restored ${words(done.map((one) => one.name))}.` });
    },
    [run],
  );
  const move = useCallback(
    async (them: readonly DocumentHead[], folder: string, where: string) => {
      const done = await run(
        "move",
        them.map((one) => one.id),
        folder,
      );
      if (done.length > 0) toast({ status: "ok", text: `Moved ${words(done.map((one) => one.name))} to ${where}.` });
    },
    [run],
  );
  const remove = useCallback(
    async (them: readonly DocumentHead[]) => {
      const done = await run(
        "delete",
        them.map((one) => one.id),
      );
      if (done.length === 0) return;
      const ids = done.map((one) => one.id);
      const undo = { label: "Undo", run: () => void restore(ids) };
      toast({ text: `Deleted ${words(done.map((one) => one.name))}.`, action: undo });
    },
    [run, restore],
  );
  return { refresh, move, remove, restore };
}
