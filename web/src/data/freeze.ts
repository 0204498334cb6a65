/** The visible window while the page is paused. */

import type { Interval } from "./timeRange";

export class Freeze {
  private held: Interval | null = null;

  /** The window that is held, or null while time goes on. */
  get interval(): Interval | null {
    return this.held;
  }

  hold(interval: Interval): void {
    this.held = interval;
  }

  release(): void {
    this.held = null;
  }
}
