/** The newest value of each series, as tables and tiles need it. */

import type { Labels } from "../../data/labels";
import type { MatrixView } from "../../data/matrix";

export interface Latest {
  labels: Labels;
  value: number;
}

/** How many moments back a value may be; panels ask many questions and not all answers come in one frame. */
const REACH = 3;

export function latest(view: MatrixView): Latest[] {
  const end = view.times_ms.length - 1;
  return view.series.flatMap(({ labels, values }) => {
    for (let row = end; row > end - REACH && row >= 0; row -= 1) {
      const value = values[row] ?? NaN;
      if (!Number.isNaN(value)) return [{ labels, value }];
    }
    return [];
  });
}

export function pick(rows: readonly Latest[], label: string, value: string): number {
  return rows.find((row) => row.labels[label] === value)?.value ?? NaN;
}

export function total(rows: readonly Latest[]): number {
  return rows.reduce((sum, row) => sum + row.value, 0);
}

export interface Filesystem {
  mountpoint: string;
  fstype: string;
  size_bytes: number;
  free_bytes: number;
  /** Used part, 0 to 1. */
  used: number;
}

/** Smaller ones hold no data of people: mounted single files and the like. */
const LEAST_BYTES = 2 ** 20;

/** Fullest first; of several mounts of one device the shortest path. */
export function filesystems(rows: readonly Latest[]): Filesystem[] {
  const mounts = new Map<string, { labels: Labels; size: number; avail: number }>();
  for (const { labels, value } of rows) {
    const mountpoint = labels["mountpoint"] ?? "";
    const mount = mounts.get(mountpoint) ?? { labels, size: NaN, avail: NaN };
    if (labels["__name__"] === "node_filesystem_size_bytes") mount.size = value;
    else mount.avail = value;
    mounts.set(mountpoint, mount);
  }
  const devices = new Map<string, Filesystem>();
  for (const [mountpoint, { labels, size, avail }] of mounts) {
    if (!(size >= LEAST_BYTES) || Number.isNaN(avail)) continue;
    const key = `${labels["device"] ?? ""} ${size}`;
    const known = devices.get(key);
    if (known !== undefined && known.mountpoint.length <= mountpoint.length) continue;
    const fstype = labels["fstype"] ?? "";
    devices.set(key, { mountpoint, fstype, size_bytes: size, free_bytes: avail, used: 1 - avail / size });
  }
  return [...devices.values()].sort((a, b) => b.used - a.used);
}
