/** The moment the pointer is at, shared by every chart of the page. */

import { Pointed } from "./pointed";

export type SyncMode = "off" | "crosshair" | "tooltip";

export interface Moment {
  time_ms: number;
  /** The chart under the pointer. */
  source: object;
  pinned: boolean;
}

const MODES: readonly SyncMode[] = ["crosshair", "tooltip", "off"];

export class Crosshair {
  moment: Moment | null = null;
  mode: SyncMode = "crosshair";
  readonly pointed = new Pointed();
  private readonly watchers = new Set<() => void>();

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  }

  /** Moves with the pointer; a pinned moment stays. */
  hover(source: object, time_ms: number): void {
    if (this.moment?.pinned === true) return;
    this.set({ time_ms, source, pinned: false });
  }

  leave(source: object): void {
    if (this.moment === null || this.moment.pinned || this.moment.source !== source) return;
    this.set(null);
  }

  /** A click pins, the next one lets go. */
  toggle(source: object, time_ms: number): void {
    this.set({ time_ms, source, pinned: this.moment?.pinned !== true });
  }

  clear(): void {
    if (this.moment !== null) this.set(null);
  }

  /** A chart that goes away takes its moment along. */
  forget(source: object): void {
    if (this.moment?.source === source) this.set(null);
  }

  cycle(): SyncMode {
    return this.use(MODES[(MODES.indexOf(this.mode) + 1) % MODES.length] ?? "crosshair");
  }

  use(mode: SyncMode): SyncMode {
    this.mode = mode;
    this.notify();
    return mode;
  }

  showsIn(chart: object): boolean {
    return this.moment !== null && (this.mode !== "off" || this.moment.source === chart);
  }

  showsTooltipIn(chart: object): boolean {
    return this.moment !== null && (this.mode === "tooltip" || this.moment.source === chart);
  }

  private set(moment: Moment | null): void {
    this.moment = moment;
    this.notify();
  }

  private notify(): void {
    for (const watcher of this.watchers) watcher();
  }
}
