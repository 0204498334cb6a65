/** Sample to pixel: from the server's acknowledgement of a sample to the paint that shows it, over the last frames. */

const WINDOW = 120;

export class LatencyMeter {
  private readonly ring = new Float64Array(WINDOW);
  private count = 0;

  add(latency_ms: number): void {
    if (!Number.isFinite(latency_ms)) return;
    this.ring[this.count % WINDOW] = Math.max(0, latency_ms);
    this.count += 1;
  }

  /** The 95th percentile in milliseconds, null before the first frame. */
  p95(): number | null {
    const held = Math.min(this.count, WINDOW);
    if (held === 0) return null;
    const sorted = this.ring.slice(0, held).sort();
    return sorted[Math.ceil(held * 0.95) - 1] ?? null;
  }

  reset(): void {
    this.count = 0;
  }
}
