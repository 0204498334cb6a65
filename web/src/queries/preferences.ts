/** What the person likes to find first in the project: stars, what was looked at last, where they begin. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { getJson, sendJson } from "../api/http";
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
export type Preferences = Required<Schemas["Preferences"]>;
type Change = Schemas["ChangedPreferences"];

const PATH = "/api/v1/preferences";
const KEY = ["preferences"] as const;
const NONE: Preferences = { stars: [], recent: [], home: "" };

export interface OwnPreferences extends Preferences {
  /** The server has answered. */
  known: boolean;
  star: (id: string, on: boolean) => Promise<void>;
  visit: (id: string) => Promise<void>;
  /** `host`, `list`, the id of a dashboard, or nothing. */
  setHome: (home: string) => Promise<void>;
}

const without = (ids: readonly string[], id: string): string[] => ids.filter((one) => one !== id);

/** Asked once; a change shows at once, and is taken back where the server refuses it. */
export function usePreferences(): OwnPreferences {
  const queries = useQueryClient();
  const { data, isFetched } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await getJson<Preferences>(PATH, signal)).data,
    staleTime: 60_000,
  });
  return useMemo(() => {
    const change = async (sent: Partial<Change>, shown: (now: Preferences) => Preferences): Promise<void> => {
      queries.setQueryData<Preferences>(KEY, (now) => now && shown(now));
      try {
        const answer = await sendJson<Preferences>("PATCH", PATH, sent);
        queries.setQueryData(KEY, answer.data);
      } catch (failure) {
        await queries.invalidateQueries({ queryKey: KEY });
        throw failure;
      }
    };
    return {
      ...(data ?? NONE),
      known: isFetched,
      star: (id, on) =>
        change(on ? { star: [id] } : { unstar: [id] }, (now) => ({
          ...now,
          stars: on ? [id, ...without(now.stars, id)] : without(now.stars, id),
        })),
      visit: (visited) =>
        change({ visited }, (now) => ({ ...now, recent: [visited, ...without(now.recent, visited)] })),
      setHome: (home) => change({ home }, (now) => ({ ...now, home })),
    };
  }, [queries, data, isFetched]);
}
