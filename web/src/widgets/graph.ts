/** Series with a source and a target label as the links of a graph. */

import type { Reduce } from "./kinds/schema";
import type { WidgetData, WidgetSeries } from "./plugin";
import { present, reduceSeries } from "./reduce";

export interface GraphLink {
  source: string;
  target: string;
  value: number;
  series: WidgetSeries;
}

export interface Graph {
  nodes: string[];
  links: GraphLink[];
}

const MAX_LINKS = 2000;

/** Links of the first query's series that have both labels and a value above zero; the largest when there are many. */
export function graphOf(data: WidgetData, source: string, target: string, how: Reduce): Graph {
  const series = present(data.frame);
  const ref = series[0]?.ref;
  const links = series.flatMap<GraphLink>((one) => {
    const [from, to] = [one.labels[source], one.labels[target]];
    const value = reduceSeries(data.frame.times, one.values, how, data.window);
    if (one.ref !== ref || from === undefined || to === undefined || from === "" || to === "") return [];
    return value > 0 && Number.isFinite(value) ? [{ source: from, target: to, value, series: one }] : [];
  });
  const kept = links.length > MAX_LINKS ? [...links].sort((a, b) => b.value - a.value).slice(0, MAX_LINKS) : links;
  return { nodes: [...new Set(kept.flatMap((one) => [one.source, one.target]))], links: kept };
}

/** A flow has no way back: links that close a circle are left out. */
export function withoutCircles(graph: Graph): { graph: Graph; left: number } {
  const after = new Map<string, string[]>();
  const reaches = (from: string, goal: string): boolean => {
    const open = [from];
    const seen = new Set(open);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === goal) return true;
      for (const next of after.get(at) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return false;
  };
  const links = [...graph.links]
    .sort((a, b) => b.value - a.value)
    .filter(({ source, target }) => {
      if (source === target || reaches(target, source)) return false;
      after.set(source, [...(after.get(source) ?? []), target]);
      return true;
    });
  const nodes = graph.nodes.filter((name) => links.some((one) => one.source === name || one.target === name));
  return { graph: { nodes, links }, left: graph.links.length - links.length };
}
