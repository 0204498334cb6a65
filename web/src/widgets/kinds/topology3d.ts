import { Network } from "lucide-react";
import type { WidgetKind } from "../plugin";
import type { Reduce } from "./schema";
import { REDUCE, defaultsOf, flag, words } from "./schema";
import { sampleFlow } from "./sankey";

export interface TopologyOptions {
  source: string;
  target: string;
  value: Reduce;
  names: boolean;
}

const properties = {
  source: words("Label of who calls", "Links", "source"),
  target: words("Label of who is called", "Links", "target"),
  value: { ...REDUCE, description: "The load of a link. A second query with the same labels gives its health." },
  names: flag("Names", "Display", true),
};

export const topology3d: WidgetKind<TopologyOptions> = {
  kind: "topology3d",
  name: "Topology 3-D",
  version: "1.0",
  description: "Who calls whom: size is load, colour is health, links are as strong as their traffic.",
  category: "space",
  icon: Network,
  needs: "series with labels for source and target",
  mode: "instant",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 5, h: 7, minW: 3, minH: 4 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/TopologyView"),
  sample: sampleFlow,
};
