import { Hash } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, choose, defaultsOf, flag, sampleFrame, words, wobble } from "./schema";

export interface StatOptions {
  value: Reduce;
  sparkline: boolean;
  change: "auto" | "past" | "start" | "none";
  rising: "neutral" | "good" | "bad";
  color: "value" | "background" | "none";
  note: string;
}

const properties = {
  value: REDUCE,
  sparkline: flag("Sparkline", "Display", true),
  change: choose(
    "Change",
    "Value",
    [
      ["auto", "Against the past, else the start"],
      ["past", "Against the past"],
      ["start", "Since the start"],
      ["none", "Not shown"],
    ],
    {
      description: "The past is there when the widget compares with an earlier time.",
    },
  ),
  rising: choose(
    "A rise is",
    "Value",
    [
      ["neutral", "Neither"],
      ["good", "Good"],
      ["bad", "Bad"],
    ],
    { when: { field: "change", is: ["auto", "past", "start"] } },
  ),
  color: choose("Threshold colours", "Thresholds", [
    ["value", "The value"],
    ["background", "The tile"],
    ["none", "Nothing"],
  ]),
  note: words("Note", "Display", "", { description: "Small words below the value." }),
};

export const stat: WidgetKind<StatOptions> = {
  kind: "stat",
  name: "Stat",
  version: "1.0",
  description: "One large number a series, with its way there.",
  category: "number",
  icon: Hash,
  needs: "a number",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 2, h: 3, minW: 1, minH: 2 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/StatView"),
  sample: () =>
    sampleFrame([{ labels: { __name__: "latency" }, value: (row) => 84 + 6 * wobble(row, 4), format: { unit: "ms" } }]),
};
