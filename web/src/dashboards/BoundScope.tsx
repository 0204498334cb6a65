import type { ReactNode } from "react";
import { useMemo } from "react";
import type { Scope } from "./data/scope";
import { joined } from "./data/scope";
import { ScopeProvider, useScope } from "./data/variables";

/** Variables of a copy of something that is repeated: everything below is about its values. */
export function BoundScope({ bound, children }: { bound: Scope | null; children: ReactNode }) {
  const outer = useScope();
  const inner = useMemo(
    () => (bound === null ? outer : { scope: joined(outer.scope, bound), filters: outer.filters }),
    [outer, bound],
  );
  return <ScopeProvider value={inner}>{children}</ScopeProvider>;
}
