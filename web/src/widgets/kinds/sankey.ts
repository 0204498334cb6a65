import { Waypoints } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, defaultsOf, flag, number, sampleFrame, words } from "./schema";

export interface SankeyOptions {
  source: string;
  target: string;
  value: Reduce;
  values: boolean;
  nodeWidth: number;
}

const properties = {
  source: words("Label of where it comes from", "Flow", "source"),
  target: words("Label of where it goes", "Flow", "target"),
  value: REDUCE,
  values: flag("Values", "Display", true),
  nodeWidth: number("Node width", "Display", 6, 2, 24),
};

export function sampleFlow(): ReturnType<typeof sampleFrame> {
  const flow: [string, string, number][] = [
    ["REST", "cache hit", 2.6],
    ["REST", "planner", 5.5],
    ["gRPC", "cache hit", 1.8],
    ["gRPC", "planner", 3.2],
    ["planner", "hnsw", 6.1],
    ["planner", "ivf-pq", 2.6],
    ["cache hit", "served", 4.4],
    ["hnsw", "served", 6.05],
    ["ivf-pq", "served", 2.5],
    ["ivf-pq", "failed", 0.1],
    ["hnsw", "failed", 0.05],
  ];
  return sampleFrame(
    flow.map(([source, target, value]) => ({
      labels: { source, target },
      value: () => value * 1000,
      format: { unit: "/s" },
    })),
    1,
  );
}

export const sankey: WidgetKind<SankeyOptions> = {
  kind: "sankey",
  name: "Sankey",
  version: "1.0",
  description: "How much flows from where to where: series with a source and a target label.",
  category: "relation",
  icon: Waypoints,
  needs: "series with labels for source and target",
  mode: "instant",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 5, h: 6, minW: 3, minH: 3 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/SankeyView"),
  sample: sampleFlow,
};
