/** Lists and records of access, cached by their path; a change asks for what it touched again. */

import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { getJson } from "../api/http";

const ROOM = "access";

export type Answer<T> = UseQueryResult<T>;

/** The content of `data` at a path. */
export function useData<T>(path: string, enabled = true): Answer<T> {
  return useQuery({
    queryKey: [ROOM, path],
    queryFn: async ({ signal }) => (await getJson<T>(path, signal)).data,
    enabled,
  });
}

/** Asks again for everything at and below the paths. */
export function useRefresh(): (...paths: readonly string[]) => Promise<void> {
  const queries = useQueryClient();
  return useCallback(
    (...paths) =>
      queries.invalidateQueries({
        predicate: ({ queryKey: [room, path] }) =>
          room === ROOM && paths.some((one) => String(path) === one || String(path).startsWith(`${one}/`)),
      }),
    [queries],
  );
}
