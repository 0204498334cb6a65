/** What all widgets of an open dashboard share. */

import { createContext, use } from "react";
import type { Time } from "../queries/useTime";

export interface DashboardContext {
  time: Time;
}

const Context = createContext<DashboardContext | null>(null);

export const DashboardContextProvider = Context.Provider;

export function useDashboardContext(): DashboardContext {
  const context = use(Context);
  if (context === null) throw new Error("a widget outside of a dashboard");
  return context;
}
