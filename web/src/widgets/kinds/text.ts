import { Type } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf } from "./schema";

export interface TextOptions {
  text: string;
  format: "markdown" | "plain";
  align: "left" | "center";
}

const properties = {
  text: {
    type: "string" as const,
    title: "Text",
    group: "Text",
    default: "",
    description: "Markdown without HTML: headings, lists, tables, links, code.",
  },
  format: choose("Format", "Text", [
    ["markdown", "Markdown"],
    ["plain", "Plain text"],
  ]),
  align: choose("Align", "Text", [
    ["left", "Left"],
    ["center", "Centre"],
  ]),
};

export const text: WidgetKind<TextOptions> = {
  kind: "text",
  name: "Text",
  version: "1.0",
  description: "Words between the numbers: what is shown, who to ask, links.",
  category: "text",
  icon: Type,
  mode: "none",
  schema: { type: "object", properties },
  defaults: {
    ...defaultsOf<TextOptions>(properties),
    text: "### What this shows\n\nWrite **Markdown** here: lists, `code` and [links](https://example.org).",
  },
  size: { w: 4, h: 3, minW: 1, minH: 1 },
  live: false,
  cache_ms: Infinity,
  load: () => import("../views/TextView"),
  sample: () => ({ times: new Float64Array(0), step_ms: 1000, series: [] }),
};
