/** The values of an open dashboard's variables, for everything below; copies of a repeated widget have their own. */

import { createContext, use } from "react";
import type { AdhocFilter } from "./adhoc";
import type { Scope } from "./scope";

export interface ScopeState {
  scope: Scope;
  filters: readonly AdhocFilter[];
}

const EMPTY: ScopeState = { scope: new Map(), filters: [] };
const Context = createContext<ScopeState>(EMPTY);

export const ScopeProvider = Context.Provider;

export const useScope = (): ScopeState => use(Context);
