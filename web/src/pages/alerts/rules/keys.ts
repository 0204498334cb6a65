/** What is asked about rules, and asking again after a change. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Document } from "../../../api/documents";
import { getDocument, listDocuments } from "../../../api/documents";
import { liveGroups } from "../../../api/rules";

const LIVE = ["rules in force"];
const HEADS = ["rule groups"];
const ONE = "rule group";
const EVERY_MS = 5000;
/** The server looks for what was saved every two seconds. */
const TAKEN_UP_MS = 2500;
/** Where there are very many rules, so many times as long as the answer took. */
const REST = 10;

async function ask(signal: AbortSignal) {
  const began = performance.now();
  return { groups: await liveGroups(signal), took_ms: performance.now() - began };
}

/** The groups in force, asked for again every few seconds. */
export function useLiveGroups() {
  return useQuery({
    queryKey: LIVE,
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: ({ state }) => Math.max(EVERY_MS, (state.data?.took_ms ?? 0) * REST),
    staleTime: 0,
    // 10,000 rules are not compared one by one
    structuralSharing: false,
  });
}

/** The groups that are documents, by name. */
export function useGroupHeads() {
  return useQuery({ queryKey: HEADS, queryFn: ({ signal }) => listDocuments("rule_group", signal), staleTime: 0 });
}

/** A group as it is now, never as it was before; null: none is asked for. */
export function useGroup(id: string | null) {
  return useQuery({
    queryKey: [ONE, id],
    queryFn: ({ signal }) => getDocument("rule_group", id ?? "", signal),
    enabled: id !== null && id !== "",
    gcTime: 0,
    // what somebody is editing must not change below their fingers
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Puts what was just saved in the place of what was read before. */
export function useKeepGroup(): (document: Document) => void {
  const queries = useQueryClient();
  return useCallback((document) => queries.setQueryData([ONE, document.id], document), [queries]);
}

/** Asks again at once, and once more when the server has taken up what was saved. */
export function useRefreshRules(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    const again = async (): Promise<void> => {
      await Promise.all([LIVE, HEADS].map((queryKey) => queries.invalidateQueries({ queryKey })));
    };
    setTimeout(() => void again(), TAKEN_UP_MS);
    await again();
  }, [queries]);
}
