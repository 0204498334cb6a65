import { useEffect } from "react";
import { useChartShare } from "../../widgets/chartContext";
import type { Dashboard } from "../document";
import { syncOf } from "./opening";

/** While the dashboard is open its charts share the crosshair as it says; keys may change that. */
export function useSync(wanted: Dashboard["crosshair"]): void {
  const { crosshair } = useChartShare();
  useEffect(() => {
    const before = crosshair.mode;
    crosshair.use(syncOf(wanted));
    return () => {
      crosshair.use(before);
    };
  }, [crosshair, wanted]);
}
