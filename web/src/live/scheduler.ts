/** One animation-frame loop for the page: everything that moves is drawn in it, nothing runs while the tab is hidden. */

export type Draw = (now_ms: number) => void;

/** So many widgets are rendered in one frame: of a hundred that have news, each half fits between two frames. */
const MOST_AT_ONCE = 50;

export class FrameLoop {
  private readonly draws = new Set<Draw>();
  private readonly first: (() => void)[] = [];
  private afterPaint: (() => void)[] = [];
  private handle: number | null = null;

  /** Calls `draw` on every animation frame until the returned function is called. */
  add(draw: Draw): () => void {
    this.draws.add(draw);
    this.wake();
    return () => {
      this.draws.delete(draw);
    };
  }

  /**
   * Calls back at the beginning of the next frame, once: what is rendered because of it is drawn in the same frame. Of
   * very many the last ones wait for the frame after it.
   */
  beforeDraw(callback: () => void): void {
    this.first.push(callback);
    this.wake();
  }

  /** Calls back once a frame with all that waits now has been handed to the compositor. */
  onPainted(callback: () => void): void {
    this.afterPaint.push(callback);
    this.wake();
  }

  private wake(): void {
    this.handle ??= requestAnimationFrame(this.tick);
  }

  private readonly tick = (now_ms: number): void => {
    this.handle = null;
    const first = this.first.splice(0, MOST_AT_ONCE);
    if (first.length === 0) {
      this.draw(now_ms);
      return;
    }
    for (const callback of first) callback();
    // React renders what these changed in a microtask that is asked for before this one
    queueMicrotask(() => this.draw(now_ms));
  };

  private draw(now_ms: number): void {
    for (const draw of this.draws) draw(now_ms);
    if (this.first.length === 0 && this.afterPaint.length > 0) this.reportPaint();
    if (this.draws.size > 0 || this.first.length > 0 || this.afterPaint.length > 0) this.wake();
  }

  /** A message posted from an animation frame is handled after that frame's paint. */
  private reportPaint(): void {
    const waiting = this.afterPaint;
    this.afterPaint = [];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      for (const callback of waiting) callback();
    };
    channel.port2.postMessage(null);
  }
}
