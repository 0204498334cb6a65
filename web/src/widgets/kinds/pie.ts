import { ChartPie } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, choose, defaultsOf, number, sampleFrame } from "./schema";

export interface PieOptions {
  shape: "donut" | "pie";
  value: Reduce;
  limit: number;
  legend: "auto" | "list" | "hidden";
  show: "percent" | "value" | "none";
}

const properties = {
  shape: choose("Shape", "Display", [
    ["donut", "Donut"],
    ["pie", "Pie"],
  ]),
  value: REDUCE,
  show: choose("In the slices", "Display", [["percent", "Share"], ["value", "Value"], ["none", "Nothing"]]), // prettier-ignore
  limit: number("Slices at most", "Display", 8, 2, 30, { type: "integer", description: "The others become one." }),
  legend: choose("Legend", "Legend", [["auto", "As it fits"], ["list", "List"], ["hidden", "Hidden"]]), // prettier-ignore
};

export const pie: WidgetKind<PieOptions> = {
  kind: "pie",
  name: "Pie and donut",
  version: "1.0",
  description: "Shares of a whole, when they are few.",
  category: "number",
  icon: ChartPie,
  needs: "numbers of one kind, none below zero",
  mode: "instant",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 3, h: 5, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/PieView"),
  sample: () =>
    sampleFrame(
      ["2xx", "3xx", "4xx", "5xx"].map((code, at) => ({ labels: { code }, value: () => [720, 140, 95, 31][at] ?? 0 })),
      1,
    ),
};
