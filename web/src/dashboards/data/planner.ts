/** Who says what a widget asks: its own queries, or, in a dashboard that was given away, what was frozen with it. */

import { createContext, use } from "react";
import type { Widget } from "../document";
import type { Plan, Wish } from "./questions";
import { planWidget } from "./questions";

export type Planner = (widget: Widget, wish: Wish) => Plan;

const Context = createContext<Planner>(planWidget);

export const PlannerProvider = Context.Provider;

export const usePlanner = (): Planner => use(Context);
