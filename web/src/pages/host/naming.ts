/** Names, colours and order of the Host page's series. */

import type { Labels } from "../../data/labels";
import type { Naming } from "../../widgets/panelData";

const MODES = ["user", "system", "iowait", "irq", "steal"];

function byList(label: string, order: readonly string[]): Naming {
  const place = (labels: Labels): number => {
    const at = order.indexOf(labels[label] ?? "");
    return at < 0 ? order.length : at;
  };
  return {
    name: (labels) => labels[label] ?? "",
    pin: (labels) => (place(labels) < 12 ? place(labels) : null),
    compare: (a, b) => place(a) - place(b),
  };
}

export const MODE_NAMES = byList("kind", MODES);
export const DISK_NAMES = byList("way", ["read", "write"]);
export const MEMORY_NAMES = byList("kind", ["used", "cache"]);

export const CORE_NAMES: Naming = {
  name: (labels) => labels["cpu"] ?? "",
  compare: (a, b) => Number(a["cpu"]) - Number(b["cpu"]),
};

export const LOAD_NAMES: Naming = {
  name: (labels) => `${(labels["__name__"] ?? "").replace("node_load", "")}\u2009min`,
  pin: (labels) => ["node_load1", "node_load5", "node_load15"].indexOf(labels["__name__"] ?? ""),
  compare: (a, b) =>
    Number((a["__name__"] ?? "").replace("node_load", "")) - Number((b["__name__"] ?? "").replace("node_load", "")),
};

/** One device needs no name beside the way. */
export function networkNames(devices: number): Naming {
  return {
    name: (labels) => (devices > 1 ? `${labels["device"] ?? ""} ${labels["way"] ?? ""}` : (labels["way"] ?? "")),
    compare: (a, b) => `${a["device"] ?? ""} ${a["way"] ?? ""}`.localeCompare(`${b["device"] ?? ""} ${b["way"] ?? ""}`),
    ...(devices > 1 ? {} : { pin: (labels: Labels) => (labels["way"] === "in" ? 0 : 1) }),
  };
}
