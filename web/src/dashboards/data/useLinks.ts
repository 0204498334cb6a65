import { useCallback } from "react";
import type { Interval } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import type { WidgetProps } from "../../widgets/plugin";
import { useDashboardContext } from "../context";
import type { Link } from "../document";
import { resolveLink, scopeParams } from "./links";
import { useScope } from "./variables";

/** What a click on a value offers, with the value, the time and the variables of this moment. */
export function useLinks(
  links: readonly Link[],
  { start_ms, end_ms }: Interval,
): WidgetProps<Record<string, unknown>>["linksOf"] {
  const { location } = useSession();
  const { time } = useDashboardContext();
  const { scope } = useScope();
  const { range, moving } = time;
  return useCallback(
    ({ name, labels }, value, time_ms) => {
      const ends = moving ? range : { from: String(Math.round(start_ms)), to: String(Math.round(end_ms)) };
      const context = { scope, ...ends, params: scopeParams(scope, location.params) };
      return links
        .map((link) => resolveLink(link, { name, labels, value, time_ms }, context))
        .filter((link) => link !== null);
    },
    [links, location, scope, range, moving, start_ms, end_ms],
  );
}
