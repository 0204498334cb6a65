import { useQuery } from "@tanstack/react-query";
import { getJson } from "../../api/http";

/** A record as it is now, with the version that a change of it names; never one from before. */
export function useRecord<T>(path: string) {
  return useQuery({ queryKey: ["record", path], queryFn: ({ signal }) => getJson<T>(path, signal), gcTime: 0 });
}
