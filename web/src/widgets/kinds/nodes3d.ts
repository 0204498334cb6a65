import { Boxes } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { defaultsOf, flag, sampleFrame, words } from "./schema";

export interface NodesOptions {
  /** Label that puts nodes together; empty: none. */
  group: string;
  /** Ref of the query that gives the size. */
  load: string;
  names: boolean;
}

const properties = {
  load: words("Query of the load", "Display", "", {
    description: "Its ref; empty: the second, else the first. It gives the size.",
  }),
  group: words("Put together by", "Display", "", { description: "A label; its values stand apart." }),
  names: flag("Names", "Display", true),
};

export const nodes3d: WidgetKind<NodesOptions> = {
  kind: "nodes3d",
  name: "Node map 3-D",
  version: "1.0",
  description: "A cube for each node: its colour is its health, its size its load.",
  category: "space",
  icon: Boxes,
  needs: "a number for each node",
  mode: "instant",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 6, minW: 2, minH: 4 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/NodesView"),
  sample: () =>
    sampleFrame(
      Array.from({ length: 12 }, (_, at) => ({
        labels: { node: `vdb-${String(at + 1).padStart(2, "0")}` },
        value: () => 20 + ((at * 37) % 75),
        format: {
          unit: "percent",
          thresholds: [
            { status: "ok" as const, value: null, color: "", label: "" },
            { status: "warn" as const, value: 70, color: "", label: "" },
            { status: "crit" as const, value: 90, color: "", label: "" },
          ],
        },
      })),
      1,
    ),
};
