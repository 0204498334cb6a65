/** The store of one open dashboard, and its hooks. */

import { bindActionCreators, configureStore } from "@reduxjs/toolkit";
import { useMemo } from "react";
import { useDispatch, useSelector, useStore } from "react-redux";
import type { Content } from "./document";
import type { DashboardState, Kept } from "./state";
import { dashboard, initialState } from "./state";

export type DashboardStore = ReturnType<typeof createDashboardStore>;

export function createDashboardStore(kept: Kept | null, content: Content, mode: "view" | "edit") {
  return configureStore({
    reducer: dashboard.reducer,
    preloadedState: initialState(kept, content, mode),
    // contents of the history are many and large: looking through them after each action would take longer than it
    middleware: (getDefault) => getDefault({ serializableCheck: false, immutableCheck: false }),
    devTools: false,
  });
}

const { actions } = dashboard;
export { actions as dashboardActions };

export type DashboardActions = typeof actions;

/** What of the open dashboard a component needs; it renders again when that changed. */
export function useDashboard<T>(select: (state: DashboardState) => T): T {
  return useSelector(select);
}

/** Its state at the moment of a call, for event handlers. */
export function useDashboardNow(): () => DashboardState {
  const store = useStore<DashboardState>();
  return useMemo(() => () => store.getState(), [store]);
}

/** All actions, to be called. */
export function useEdit(): DashboardActions {
  const dispatch = useDispatch();
  return useMemo(() => bindActionCreators(actions, dispatch), [dispatch]);
}
