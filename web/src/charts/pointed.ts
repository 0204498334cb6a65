/** The series that is pointed at in one picture, so that others can show what is about the same. */

import type { Labels } from "../data/labels";

export interface PointedSeries {
  /** The picture in which it is pointed at. */
  source: object;
  labels: Labels;
}

/** One for the whole page. */
export class Pointed {
  private now: PointedSeries | null = null;
  private readonly watchers = new Set<() => void>();

  readonly read = (): PointedSeries | null => this.now;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** null: nothing is pointed at there any more. */
  point(source: object, labels: Labels | null): void {
    if (labels === null && this.now?.source !== source) return;
    this.now = labels === null ? null : { source, labels };
    for (const watcher of this.watchers) watcher();
  }
}

/** Whether two series are about the same: they share a label, and no label that both have differs. */
export function isAbout(one: Labels, other: Labels): boolean {
  let shared = 0;
  for (const [name, value] of Object.entries(one)) {
    const there = other[name];
    if (name === "__name__" || there === undefined) continue;
    if (there !== value) return false;
    shared += 1;
  }
  return shared > 0;
}

/** No label that both have differs: an answer that has lost its labels is about all of them. */
export function agrees(one: Labels, other: Labels): boolean {
  return Object.entries(other).every(([name, value]) => name === "__name__" || (one[name] ?? value) === value);
}

/** The keys of the series that are about what is pointed at; null where that tells nothing apart. */
export function aboutPointed(
  pointed: Labels,
  series: readonly { key: string; labels: Labels }[],
): ReadonlySet<string> | null {
  const found = new Set(series.filter(({ labels }) => isAbout(pointed, labels)).map(({ key }) => key));
  return found.size === 0 || found.size === series.length ? null : found;
}
