/** Options of the kinds that draw over time: lines, areas and bars share one view. */

import type { OptionField, OptionSchema } from "../plugin";
import { choose, flag, number } from "./schema";

export interface TimeOptions {
  shape: "line" | "area" | "bars" | "points";
  stack: "none" | "normal" | "percent";
  curve: "linear" | "smooth" | "step";
  lineWidth: number;
  /** Per cent. */
  fill: number;
  envelope: boolean;
  thresholds: "off" | "line" | "zone" | "both";
  legend: "auto" | "line" | "table" | "hidden";
  limit: number;
}

/** `format.style` of a series may say `shape`, `curve`, `lineWidth`, `fill` and `stack: "none"` for itself. */
export function timeSchema(own: Readonly<Record<string, OptionField>>): OptionSchema {
  return {
    type: "object",
    properties: {
      ...own,
      thresholds: choose("Thresholds", "Thresholds", [
        ["line", "Line"],
        ["zone", "Zone"],
        ["both", "Line and zone"],
        ["off", "Not shown"],
      ]),
      legend: choose("Legend", "Legend", [
        ["auto", "As it fits"],
        ["line", "Line"],
        ["table", "Table"],
        ["hidden", "Hidden"],
      ]),
      limit: number("Series at most", "Legend", 20, 1, 1000, {
        type: "integer",
        description: "The largest; the others are one click away.",
      }),
    },
  };
}

export const STACK = choose("Stack", "Display", [
  ["none", "None"],
  ["normal", "Normal"],
  ["percent", "Percent"],
]);
export const CURVE = choose(
  "Line",
  "Display",
  [
    ["linear", "Straight"],
    ["smooth", "Smooth"],
    ["step", "Steps"],
  ],
  {
    description: "Smooth lines go through every value and not beyond.",
  },
);
export const WIDTH = number("Line width", "Display", 1.5, 0.5, 6);
export const FILL = (value: number): OptionField =>
  number("Fill", "Display", value, 0, 100, { description: "Per cent." });
export const ENVELOPE = flag("Envelope", "Display", true, { description: "Keep min and max, so that spikes survive." });
