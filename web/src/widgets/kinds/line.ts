import { ChartLine } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, sampleFrame, wobble } from "./schema";
import type { TimeOptions } from "./timeOptions";
import { CURVE, ENVELOPE, FILL, STACK, WIDTH, timeSchema } from "./timeOptions";

const schema = timeSchema({
  shape: choose("Draw as", "Display", [
    ["line", "Lines"],
    ["points", "Points"],
  ]),
  stack: STACK,
  curve: CURVE,
  lineWidth: WIDTH,
  fill: FILL(0),
  envelope: ENVELOPE,
});

export const line: WidgetKind<TimeOptions> = {
  kind: "line",
  name: "Line",
  version: "1.0",
  description: "How values go over time, one line a series.",
  category: "time",
  icon: ChartLine,
  needs: "numbers over time",
  mode: "range",
  schema,
  defaults: defaultsOf(schema.properties),
  size: { w: 6, h: 6, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/TimeView"),
  sample: () =>
    sampleFrame([
      {
        labels: { quantile: "p99" },
        value: (row) => 84 + 9 * wobble(row, 1) + 60 * Math.exp(-(((row - 36) / 5) ** 2)),
        spread: 5,
      },
      {
        labels: { quantile: "p95" },
        value: (row) => 52 + 6 * wobble(row, 2) + 24 * Math.exp(-(((row - 36) / 5) ** 2)),
      },
      { labels: { quantile: "p50" }, value: (row) => 14 + 3 * wobble(row, 3) },
    ]),
};
