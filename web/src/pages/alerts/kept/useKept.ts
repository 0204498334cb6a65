/** Documents of one kind with their content, as lists and forms about alerts need them. */

import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Document, DocumentKind } from "../../../api/documents";
import { getDocument, listDocuments } from "../../../api/documents";

const ROOM = "alert documents";

/** All of a kind, by name. */
export function useKept(kind: DocumentKind): UseQueryResult<Document[]> {
  return useQuery({
    queryKey: [ROOM, kind],
    queryFn: async ({ signal }) => {
      const heads = await listDocuments(kind, signal);
      return Promise.all(heads.map(({ id }) => getDocument(kind, id, signal)));
    },
    staleTime: 0,
  });
}

/** One as it is now, never as it was before; `id` null: none is asked for. */
export function useOneKept(kind: DocumentKind, id: string | null): UseQueryResult<Document> {
  return useQuery({
    queryKey: [ROOM, kind, id],
    queryFn: ({ signal }) => getDocument(kind, id ?? "", signal),
    enabled: id !== null,
    gcTime: 0,
    // what somebody is editing must not change below their fingers
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Asks again for what is kept of these kinds; none: of all. */
export function useAskAgainFor(): (...kinds: readonly DocumentKind[]) => Promise<void> {
  const queries = useQueryClient();
  return useCallback(
    async (...kinds) => {
      if (kinds.length === 0) await queries.invalidateQueries({ queryKey: [ROOM] });
      await Promise.all(kinds.map((kind) => queries.invalidateQueries({ queryKey: [ROOM, kind] })));
    },
    [queries],
  );
}
