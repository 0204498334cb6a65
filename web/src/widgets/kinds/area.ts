import { ChartArea } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, sampleFrame, wobble } from "./schema";
import type { TimeOptions } from "./timeOptions";
import { CURVE, ENVELOPE, FILL, WIDTH, timeSchema } from "./timeOptions";

const schema = timeSchema({
  stack: choose("Stack", "Display", [
    ["normal", "Normal"],
    ["percent", "Percent"],
    ["none", "None"],
  ]),
  curve: CURVE,
  lineWidth: WIDTH,
  fill: FILL(10),
  envelope: ENVELOPE,
});

export const area: WidgetKind<TimeOptions> = {
  kind: "area",
  name: "Area",
  version: "1.0",
  description: "Amounts over time, on top of each other or as shares of the whole.",
  category: "time",
  icon: ChartArea,
  needs: "numbers over time",
  mode: "range",
  schema,
  defaults: { ...defaultsOf<TimeOptions>(schema.properties), shape: "area" },
  size: { w: 6, h: 6, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/TimeView"),
  sample: () =>
    sampleFrame(
      ["user", "system", "iowait"].map((mode, at) => ({
        labels: { mode },
        value: (row: number) => (22 + 8 * wobble(row / 3, at)) / (at + 1),
        format: { unit: "percent" },
      })),
    ),
};
