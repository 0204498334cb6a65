/**
 * All kinds of widgets. A kind is one file in `kinds` (what it is, its options, made-up data) and a view that is fetched
 * when it is first shown.
 */

import { useMemo } from "react";
import { area } from "./kinds/area";
import { bar } from "./kinds/bar";
import { gauge } from "./kinds/gauge";
import { heatmap } from "./kinds/heatmap";
import { histogram } from "./kinds/histogram";
import { pie } from "./kinds/pie";
import { scatter } from "./kinds/scatter";
import { stateTimeline } from "./kinds/stateTimeline";
import { table } from "./kinds/table";
import { alerts } from "./kinds/alerts";
import { log } from "./kinds/log";
import { progress } from "./kinds/progress";
import { sankey } from "./kinds/sankey";
import { nodes3d } from "./kinds/nodes3d";
import { scatter3d } from "./kinds/scatter3d";
import { topology3d } from "./kinds/topology3d";
import { line } from "./kinds/line";
import { stat } from "./kinds/stat";
import { text } from "./kinds/text";
import type { WidgetKind } from "./plugin";
import { pluginShelf, usePluginShelf } from "./plugins/shelf";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each kind has options of its own
export type AnyWidgetKind = WidgetKind<any>;

const KINDS: readonly AnyWidgetKind[] = [
  line,
  area,
  bar,
  stateTimeline,
  heatmap,
  stat,
  gauge,
  pie,
  progress,
  table,
  histogram,
  scatter,
  sankey,
  scatter3d,
  nodes3d,
  topology3d,
  text,
  alerts,
  log,
];
const BY_NAME: ReadonlyMap<string, AnyWidgetKind> = new Map(KINDS.map((one) => [one.kind, one]));

/** In the order of the library; those of plugins come last. */
export function widgetKinds(): readonly AnyWidgetKind[] {
  const { kinds } = pluginShelf.read();
  return kinds.length === 0 ? KINDS : [...KINDS, ...kinds];
}

export function widgetKind(kind: string): AnyWidgetKind | null {
  return BY_NAME.get(kind) ?? pluginShelf.read().kinds.find((one) => one.kind === kind) ?? null;
}

/** The same for what is shown: plugins come and go. */
export function useWidgetKinds(): readonly AnyWidgetKind[] {
  const { kinds } = usePluginShelf();
  return useMemo(() => (kinds.length === 0 ? KINDS : [...KINDS, ...kinds]), [kinds]);
}

export function useWidgetKind(kind: string): AnyWidgetKind | null {
  const { kinds } = usePluginShelf();
  return BY_NAME.get(kind) ?? kinds.find((one) => one.kind === kind) ?? null;
}
