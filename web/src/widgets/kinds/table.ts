import { Table2 } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { choose, defaultsOf, flag, number, sampleFrame, words, wobble } from "./schema";

export interface TableOptions {
  /** Columns of numbers: one for each query, of this value; or several values of one query. */
  values: Reduce[];
  /** Labels that are columns, in this order; empty: those that differ. */
  labels: string[];
  /** `label=Head`. */
  names: string[];
  sort: string;
  ascending: boolean;
  rowColor: "off" | "mark" | "row" | "value" | "background" | "bar";
  sparkline: boolean;
  pageSize: number;
  search: boolean;
}

const properties = {
  values: {
    type: "array" as const,
    title: "Values",
    group: "Columns",
    default: ["last"],
    items: { type: "string" as const },
    enum: ["last", "avg", "min", "max", "sum", "first", "delta", "count"],
    enumTitles: ["Last", "Average", "Least", "Greatest", "Sum", "First", "Last minus first", "How many values"],
  },
  labels: {
    type: "array" as const,
    title: "Labels",
    group: "Columns",
    default: [],
    items: { type: "string" as const },
    description: "Columns in this order; empty: the labels that differ.",
  },
  names: {
    type: "array" as const,
    title: "Heads of labels",
    group: "Columns",
    default: [],
    items: { type: "string" as const },
    description: "Such as instance=Host. Values are named by their query: an override by query and name.",
  },
  sparkline: flag("Sparkline", "Columns", false, { description: "A column with the way there." }),
  sort: words("Sorted by", "Rows", "", { description: "Name of a column; empty: the first number." }),
  ascending: flag("Smallest first", "Rows", false),
  pageSize: number("Rows a page", "Rows", 20, 5, 500, { type: "integer" }),
  search: flag("Search", "Rows", false),
  rowColor: choose("Threshold colours", "Thresholds", [
    ["mark", "A mark before the row"],
    ["row", "The row"],
    ["value", "The value"],
    ["background", "Behind the value"],
    ["bar", "A bar behind the value"],
    ["off", "Nothing"],
  ]),
};

export const table: WidgetKind<TableOptions> = {
  kind: "table",
  name: "Table",
  version: "1.0",
  description: "Labels and values in rows: sorted, in pages, as CSV.",
  category: "table",
  icon: Table2,
  needs: "numbers",
  mode: "instant",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 6, minW: 2, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/TableView"),
  sample: () =>
    sampleFrame(
      ["search-api", "rag-gateway", "recs-ranker", "support-bot", "catalog-sync", "image-dedupe"].map(
        (service, at) => ({
          labels: { service },
          value: (row: number) => 4700 / (at + 1) + 60 * wobble(row, at),
          format: {
            unit: "/s",
            thresholds: [
              { status: "ok" as const, value: null, color: "", label: "" },
              { status: "warn" as const, value: 4000, color: "", label: "" },
            ],
          },
        }),
      ),
    ),
};
