/** The server's clock as seen from the page: offset by the quickest of the last pings. */

interface Probe {
  round_trip_ms: number;
  offset_ms: number;
}

const PROBES = 8;

export class ServerClock {
  private probes: Probe[] = [];
  private readonly local: () => number;
  private fallback_ms: number | null = null;

  /** `local` is the page's own clock in milliseconds since 1970. */
  constructor(local: () => number = monotonicEpoch()) {
    this.local = local;
  }

  localNow(): number {
    return this.local();
  }

  now(): number {
    return this.local() + this.offset();
  }

  /** A rough reading before the first pong: the server's time when a message was sent, ignoring the way. */
  hint(server_ms: number): void {
    if (this.probes.length === 0) this.fallback_ms = server_ms - this.local();
  }

  pong(sent_ms: number, server_ms: number): void {
    const received_ms = this.local();
    const round_trip_ms = received_ms - sent_ms;
    if (round_trip_ms < 0 || round_trip_ms > 60_000) return;
    this.probes.push({ round_trip_ms, offset_ms: server_ms - (sent_ms + received_ms) / 2 });
    if (this.probes.length > PROBES) this.probes.shift();
  }

  private offset(): number {
    let best: Probe | null = null;
    for (const probe of this.probes) if (best === null || probe.round_trip_ms < best.round_trip_ms) best = probe;
    return best?.offset_ms ?? this.fallback_ms ?? 0;
  }
}

/** Wall time that never jumps back while the page is open. */
function monotonicEpoch(): () => number {
  const origin = performance.timeOrigin;
  return () => origin + performance.now();
}
