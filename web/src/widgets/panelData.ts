/** What a panel is given to draw: plain values, wherever they came from. */

import type { Slot } from "../charts/palette";
import { assignSlots } from "../charts/palette";
import type { ChartSeries } from "../charts/scene";
import type { Labels } from "../data/labels";
import { displayName, varyingLabels } from "../data/labels";
import type { MatrixView } from "../data/matrix";

export interface PanelError {
  message: string;
  code: string;
  limit: { name: string; value: number } | null;
}

export interface PanelData {
  status: "first" | "loading" | "ready" | "error";
  error: PanelError | null;
  view: MatrixView;
  version: number;
  /** How old the newest value is when it should be younger; null while fresh. */
  stale_ms: number | null;
  retry: () => void;
}

export interface Naming {
  name?: (labels: Labels) => string;
  /** Category of a series, 0 to 11. */
  pin?: (labels: Labels) => number | null;
  compare?: (a: Labels, b: Labels) => number;
}

/** Names, colours and order of the series of a view. */
export function nameSeries(view: MatrixView, naming: Naming = {}): ChartSeries[] {
  const { compare } = naming;
  const ordered = compare === undefined ? view.series : [...view.series].sort((a, b) => compare(a.labels, b.labels));
  const varying = varyingLabels(ordered.map((one) => one.labels));
  const pinned = new Map<string, number>();
  for (const { key, labels } of ordered) {
    const category = naming.pin?.(labels) ?? null;
    if (category !== null) pinned.set(key, category);
  }
  const slots: Slot[] = assignSlots(
    ordered.map((one) => one.key),
    pinned,
  );
  return ordered.map(({ key, labels }, at) => ({
    key,
    name: naming.name?.(labels) ?? displayName(labels, varying),
    slot: slots[at] ?? { category: 0, dash: [] },
  }));
}
