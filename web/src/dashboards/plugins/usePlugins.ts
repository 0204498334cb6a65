import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { getJson } from "../../api/http";
import { publicData } from "../../api/sharing";
import type { PluginEntry } from "../../widgets/plugins/kinds";
import type { RefusedPlugin } from "../../widgets/plugins/shelf";
import { pluginShelf } from "../../widgets/plugins/shelf";

interface PluginList {
  plugins: readonly PluginEntry[];
  refused: readonly RefusedPlugin[];
  /** In development: how often to ask for changes. */
  follow_ms?: number;
}

const LOOK_EVERY_MS = 60_000;

/** Keeps the shelf as the server has it, while a dashboard is open. */
export function usePlugins(): void {
  const { data, isError, refetch } = useQuery({
    queryKey: ["plugins"],
    queryFn: async ({ signal }) => (await getJson<PluginList>("/api/v1/plugins", signal)).data,
    refetchInterval: ({ state }) => state.data?.follow_ms ?? LOOK_EVERY_MS,
    staleTime: 0,
  });
  useShelved(data, isError);
  useEffect(() => pluginShelf.onAskAgain(() => void refetch()), [refetch]);
}

/** Where nobody is signed in: the plugins of what a token opens, which has such widgets. */
export function usePublicPlugins(token: string, wanted: boolean): void {
  const { data, isError } = useQuery({
    queryKey: ["public plugins", token],
    queryFn: ({ signal }) => publicData<PluginList>(token, "plugins", signal),
    staleTime: Infinity,
    gcTime: 0,
    enabled: wanted,
  });
  useShelved(data, isError);
}

function useShelved(list: PluginList | undefined, isError: boolean): void {
  useEffect(() => {
    if (list !== undefined) pluginShelf.put(list.plugins, list.refused);
    // who may not see the list has no plugins
    else if (isError) pluginShelf.put([], []);
  }, [list, isError]);
}
