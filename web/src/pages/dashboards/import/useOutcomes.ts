import type { UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Bundle, TakenOutcome } from "../../../api/dashboards";
import { takeBundle } from "../../../api/dashboards";

/** What would become of each dashboard of a bundle. */
export function useOutcomes(
  bundle: Bundle,
  into: string | null,
  same: "copy" | "replace",
): UseQueryResult<TakenOutcome[]> {
  const about = bundle.dashboards.map(({ id, name }) => [id, name]);
  return useQuery({
    queryKey: ["taking", about, into, same],
    queryFn: () => takeBundle({ bundle, into, same, dry_run: true }),
    enabled: about.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
}
