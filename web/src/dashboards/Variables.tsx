import type { ReactNode } from "react";
import { useMemo } from "react";
import type { Time } from "../queries/useTime";
import { VariablesProvider, useVariablesOf } from "./data/useVariables";
import { ScopeProvider } from "./data/variables";
import { MarksLayer } from "./marks/MarksLayer";
import { useDashboard } from "./store";

/** Gives everything below the variables and marks of the open dashboard, and the values that questions are asked with. */
export function Variables({ time, children }: { time: Time; children: ReactNode }) {
  const variables = useVariablesOf(
    useDashboard((state) => state.draft.spec.variables),
    time,
  );
  const { scope, filters } = variables;
  const known = useMemo(() => ({ scope, filters }), [scope, filters]);
  return (
    <VariablesProvider value={variables}>
      <ScopeProvider value={known}>
        <MarksLayer time={time}>{children}</MarksLayer>
      </ScopeProvider>
    </VariablesProvider>
  );
}
