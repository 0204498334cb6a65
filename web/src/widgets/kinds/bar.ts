import { ChartColumn } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, choose, defaultsOf, flag, sampleFrame, words } from "./schema";
import type { TimeOptions } from "./timeOptions";
import { FILL, timeSchema } from "./timeOptions";

export interface BarOptions extends TimeOptions {
  over: "time" | "series";
  direction: "vertical" | "horizontal";
  value: Reduce;
  /** The label whose values are the categories; series that differ in others stand side by side. */
  category: string;
  sort: "largest" | "smallest" | "name" | "none";
  values: boolean;
}

const SERIES = { when: { field: "over", is: ["series"] } };

const schema = timeSchema({
  over: choose("Bars", "Display", [
    ["time", "One for each step of time"],
    ["series", "One for each series"],
  ]),
  stack: choose("Stack", "Display", [
    ["none", "Side by side"],
    ["normal", "Stacked"],
    ["percent", "Percent"],
  ]),
  direction: choose("Direction", "Display", [["horizontal", "Horizontal"], ["vertical", "Vertical"]], SERIES), // prettier-ignore
  category: words("Categories", "Display", "", {
    ...SERIES,
    description: "A label; its values stand on the axis. Empty: each series is one.",
  }),
  sort: choose("Order", "Display", [["largest", "Largest first"], ["smallest", "Smallest first"], ["name", "By name"], ["none", "As asked"]], SERIES), // prettier-ignore
  values: flag("Values", "Display", true, { ...SERIES, description: "Written at each bar." }),
  value: { ...REDUCE, ...SERIES },
  fill: FILL(80),
});

export const bar: WidgetKind<BarOptions> = {
  kind: "bar",
  name: "Bar",
  version: "1.0",
  description: "Amounts as bars: over time, or one for each series, side by side or stacked.",
  category: "time",
  icon: ChartColumn,
  needs: "numbers",
  mode: "range",
  schema,
  defaults: {
    ...defaultsOf<BarOptions>(schema.properties),
    shape: "bars",
    curve: "linear",
    lineWidth: 1,
    envelope: false,
  },
  size: { w: 6, h: 6, minW: 2, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/BarView"),
  sample: () =>
    sampleFrame(
      ["ok", "failed"].map((outcome, at) => ({
        labels: { outcome },
        value: (row: number) => (at === 0 ? 40 + 18 * Math.sin(row / 4) + (row % 5) : 6 + (row % 7)),
      })),
      24,
    ),
};
