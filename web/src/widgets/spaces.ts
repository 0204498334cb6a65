/** From series to things in space. */

import type { Space, SpaceEdge, SpaceNode } from "../charts/space";
import { floorPlaces, springPlaces } from "../charts/space";
import { fieldText, writeField } from "../data/fieldFormat";
import { ownColor, slotsOf } from "./colors";
import { graphOf } from "./graph";
import type { NodesOptions } from "./kinds/nodes3d";
import type { Scatter3dOptions } from "./kinds/scatter3d";
import type { TopologyOptions } from "./kinds/topology3d";
import { matchSeries, refsOf, sharedRows } from "./pairs";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface Filled {
  space: Space;
  /** The series that each node is of. */
  owners: WidgetSeries[];
  /** All that things are made of, each once. */
  series: WidgetSeries[];
}

const each = (series: readonly WidgetSeries[]): WidgetSeries[] => [
  ...new Map(series.map((one) => [one.key, one])).values(),
];

const MAX_NODES = 5000;
const SEVERITY = ["crit", "warn", "info", "ok"];

/** A value's place between the ends of all, -1 to 1; the middle where all are alike. */
function placer(values: readonly number[]): (value: number) => number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return (value) => (high > low ? ((value - low) / (high - low)) * 2 - 1 : 0);
}

function axisName(series: WidgetSeries | undefined, ref: string): string {
  return series?.labels["__name__"] ?? `query ${ref}`;
}

export function scatterSpace(data: WidgetData, options: Scatter3dOptions): Filled {
  const all = present(data.frame);
  const wanted = [options.x, options.y, options.z, ...(options.size === "" ? [] : [options.size])];
  const refs = refsOf(all, wanted);
  const matched = refs.includes("") ? [] : matchSeries(all, refs);
  const points = matched.flatMap((set, group) =>
    sharedRows(data, set, options.points === "last").map((row) => ({ set, group, row })),
  );
  const kept = points.length > MAX_NODES ? points.slice(-MAX_NODES) : points;
  const at = (axis: number) => kept.map(({ set, row }) => set[axis]?.values[row] ?? NaN);
  const axes = wanted.map((_, axis) => placer(at(axis)));
  const slots = slotsOf(matched.flatMap(([first]) => (first === undefined ? [] : [first])));
  const nodes = kept.map<SpaceNode>(({ set, group, row }) => {
    const values = set.map((one) => one.values[row] ?? NaN);
    const [x = 0, y = 0, z = 0, size = 0] = values.map((value, axis) => axes[axis]?.(value) ?? 0);
    const [first] = set;
    const own = first === undefined ? null : ownColor(first, values[0] ?? NaN);
    const height = `q${Math.min(7, Math.floor(((y + 1) / 2) * 6) + 2)}`;
    return {
      key: `${first?.key ?? ""} ${row}`,
      name: first?.name ?? "",
      x,
      y,
      z,
      size: 0.008 * options.radius * (options.size === "" ? 1 : 0.6 + (size + 1) * 0.7),
      color: options.color === "height" ? height : (own ?? `s${(slots[group]?.category ?? 0) + 1}`),
      text: set.map((one, axis) => writeField(values[axis] ?? NaN, one.format)).join(", "),
      of: first === undefined ? [] : [first.key],
    };
  });
  const names = refs.slice(0, 3).map((ref, axis) => axisName(matched[0]?.[axis], ref));
  const owners = kept.flatMap(({ set: [first] }) => (first === undefined ? [] : [first]));
  return {
    space: { shape: "ball", nodes, edges: [], axes: [names[0] ?? "", names[1] ?? "", names[2] ?? ""] },
    owners,
    series: each(owners),
  };
}

export function nodeSpace(data: WidgetData, options: NodesOptions): Filled {
  const all = present(data.frame);
  const refs = [...new Set(all.map((one) => one.ref))];
  const [health = ""] = refs;
  const load = refs.includes(options.load) ? options.load : (refs[1] ?? health);
  const matched = matchSeries(all, load === health ? [health] : [health, load]).slice(0, MAX_NODES);
  const last = (one: WidgetSeries | undefined): number =>
    one === undefined ? NaN : reduceSeries(data.frame.times, one.values, "last", data.window);
  const loads = matched.map(([first, second]) => last(second ?? first));
  const most = Math.max(1e-9, ...loads.filter(Number.isFinite));
  const groups = [...new Set(matched.map(([first]) => first?.labels[options.group] ?? ""))];
  const places = floorPlaces(matched.map(([first]) => groups.indexOf(first?.labels[options.group] ?? "")));
  const room = 0.85 / Math.max(1, Math.sqrt(matched.length + groups.length));
  const owners = matched.flatMap(([first]) => (first === undefined ? [] : [first]));
  const nodes = owners.map<SpaceNode>((one, at) => {
    const value = last(one);
    const shown = fieldText(value, one.format);
    const [x, z] = places[at] ?? [0, 0];
    const part = Number.isFinite(loads[at] ?? NaN) ? Math.max(0, (loads[at] ?? 0) / most) : 0;
    const size = room * (0.35 + 0.65 * Math.cbrt(part));
    const color = Number.isNaN(value) ? "unknown" : shown.color === "" ? "s1" : shown.color;
    // all stand on one floor
    return {
      key: one.key,
      name: one.name,
      x,
      y: size - room,
      z,
      size,
      color,
      text: writeField(value, one.format),
      of: [one.key],
    };
  });
  return { space: { shape: "cube", nodes, edges: [], axes: null }, owners, series: owners };
}

export function topologySpace(data: WidgetData, options: TopologyOptions): Filled {
  const graph = graphOf(data, options.source, options.target, options.value);
  const names = graph.nodes.slice(0, 400);
  const place = new Map(names.map((name, at) => [name, at]));
  const all = present(data.frame);
  const refs = [...new Set(all.map((one) => one.ref))];
  const health = new Map(matchSeries(all, refs.slice(0, 2)).map(([first, second]) => [first?.key ?? "", second]));
  const load = new Map<string, number>();
  const worst = new Map<string, string>();
  const edges: SpaceEdge[] = [];
  const made = new Map<string, string[]>();
  const most = Math.max(1e-9, ...graph.links.map((one) => one.value));
  for (const { source, target, value, series } of graph.links) {
    const [from, to] = [place.get(source), place.get(target)];
    if (from === undefined || to === undefined) continue;
    const judged = refs.length > 1 ? health.get(series.key) : undefined;
    const status =
      judged === undefined
        ? fieldText(value, series.format).status
        : fieldText(reduceSeries(data.frame.times, judged.values, "last", data.window), judged.format).status;
    for (const name of [source, target]) {
      load.set(name, (load.get(name) ?? 0) + value);
      made.set(name, [...(made.get(name) ?? []), series.key]);
    }
    const known = worst.get(target);
    if (status !== "none" && (known === undefined || SEVERITY.indexOf(status) < SEVERITY.indexOf(known)))
      worst.set(target, status);
    edges.push({ from, to, color: status === "none" ? "text-3" : status, weight: value / most, of: series.key });
  }
  const places = springPlaces(
    names.length,
    edges.map((one) => [one.from, one.to]),
  );
  const heaviest = Math.max(1e-9, ...load.values());
  const first = graph.links[0]?.series;
  const nodes = names.map<SpaceNode>((name, at) => {
    const [x, y, z] = places[at] ?? [0, 0, 0];
    const carried = load.get(name) ?? 0;
    return {
      key: name,
      name,
      x: x * 0.9,
      y: y * 0.9,
      z: z * 0.9,
      size: 0.05 + 0.1 * Math.cbrt(carried / heaviest),
      color: worst.get(name) ?? "s1",
      text: first === undefined ? "" : writeField(carried, { ...first.format, mappings: [], thresholds: [] }),
      of: made.get(name) ?? [],
    };
  });
  const owners = names.flatMap((name) => {
    const link = graph.links.find((one) => one.source === name || one.target === name);
    return link === undefined ? [] : [link.series];
  });
  const series = each(graph.links.map((one) => one.series));
  return { space: { shape: "ball", nodes, edges, axes: null }, owners, series };
}
