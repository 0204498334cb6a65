/** All live subscriptions of the page over one connection, which mends itself and asks for what was missed. */

import { backoff } from "./backoff";
import type { ServerClock } from "./clock";
import { parseServerMessages, subscribeText } from "./protocol";
import type { ServerMessage, Subscription, WireError } from "./protocol";
import type { Labels } from "../data/labels";
import { identity } from "../data/labels";
import { wireValue } from "../data/matrix";
import type { Connect, Transport } from "./transport";

export interface LiveFrame {
  times_ms: readonly number[];
  /** By the series' identity. */
  values: ReadonlyMap<string, readonly number[]>;
  /** When the newest sample was acknowledged; 0 when the frame tells of no new sample. */
  ingested_ms: number;
}

export interface LiveListener {
  series: (key: string, labels: Labels) => void;
  frame: (frame: LiveFrame) => void;
  error: (error: WireError) => void;
}

export type Link =
  | { kind: "idle" }
  | { kind: "connecting"; again: boolean }
  | { kind: "open" }
  | { kind: "waiting"; retryAt_ms: number };

interface Entry {
  wish: Subscription;
  listener: LiveListener;
  since_ms: number | null;
  reach_ms: number;
  ingested_ms: number;
  keys: Map<string, string>;
}

export interface Timers {
  set: (callback: () => void, delay_ms: number) => number;
  clear: (handle: number) => void;
}

const PING_MS = 5000;
const SILENT_MS = 20_000;
const TRIES_BEFORE_FALLBACK = 3;

export class LiveClient {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers = new Set<() => void>();
  private transport: Transport | null = null;
  private link: Link = { kind: "idle" };
  private attempt = 0;
  private everOpen = false;
  private fallback = false;
  private retry: number | null = null;
  private pinger: number | null = null;
  private heard_ms = 0;
  private counter = 0;
  private held = false;

  constructor(
    private readonly ways: { first: Connect; second: Connect | null },
    readonly clock: ServerClock,
    private readonly timers: Timers,
    private readonly random: () => number,
  ) {}

  get state(): Link {
    return this.link;
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  }

  /**
   * Follows a query; `since_ms` is the newest moment that is already here, and after an absence nothing older than
   * `reach_ms` is asked for. Returns how to stop.
   */
  subscribe(wish: Subscription, since_ms: number | null, reach_ms: number, listener: LiveListener): () => void {
    this.counter += 1;
    const id = `s${this.counter}`;
    const entry: Entry = { wish, listener, since_ms, reach_ms, ingested_ms: 0, keys: new Map() };
    this.entries.set(id, entry);
    if (this.link.kind === "open" && !this.fallback) this.ask(id, entry);
    else if (this.fallback && this.transport !== null) this.reconnectSoon();
    else if (this.link.kind === "idle" && !this.held) this.connect();
    return () => {
      this.entries.delete(id);
      this.transport?.send(JSON.stringify({ op: "unsubscribe", id }));
      if (this.entries.size === 0) this.disconnect();
    };
  }

  /** Hangs up without forgetting the subscriptions: the tab is hidden or the person paused. */
  hold(): void {
    this.held = true;
    this.disconnect();
  }

  resume(): void {
    this.held = false;
    if (this.link.kind === "idle" && this.entries.size > 0) this.connect();
  }

  /** Hangs up and connects anew: what the connection is about has changed. */
  reconnect(): void {
    if (this.link.kind === "idle") return;
    this.disconnect();
    if (!this.held && this.entries.size > 0) this.connect();
  }

  /** Tries at once instead of waiting for the countdown. */
  retryNow(): void {
    if (this.link.kind !== "waiting") return;
    this.clearRetry();
    this.connect();
  }

  private connect(): void {
    this.clearRetry();
    this.setLink({ kind: "connecting", again: this.everOpen });
    const way = this.fallback && this.ways.second !== null ? this.ways.second : this.ways.first;
    const wishes = [...this.entries].map(([id, entry]) => ({ id, ...entry.wish, since_ms: this.since(entry) }));
    for (const entry of this.entries.values()) entry.keys.clear();
    const transport = way(
      {
        open: () => this.opened(),
        message: (text) => this.received(text),
        close: () => {
          if (this.transport === transport) this.lost();
        },
      },
      wishes,
    );
    this.transport = transport;
  }

  private opened(): void {
    this.attempt = 0;
    this.everOpen = true;
    this.heard_ms = this.clock.localNow();
    if (!this.fallback) for (const [id, entry] of this.entries) this.ask(id, entry);
    this.setLink({ kind: "open" });
    this.keepAlive();
  }

  private ask(id: string, entry: Entry): void {
    this.transport?.send(subscribeText(id, entry.wish, this.since(entry)));
  }

  private since(entry: Entry): number | null {
    return entry.since_ms === null ? null : Math.max(entry.since_ms, this.clock.now() - entry.reach_ms);
  }

  private readonly keepAlive = (): void => {
    const silent_ms = this.clock.localNow() - this.heard_ms;
    if (silent_ms > SILENT_MS) {
      // a connection that died without a word: the network went away
      this.transport?.close();
      this.lost();
      return;
    }
    this.transport?.send(JSON.stringify({ op: "ping", sent_ms: this.clock.localNow() }));
    this.pinger = this.timers.set(this.keepAlive, PING_MS);
  };

  private lost(): void {
    this.transport = null;
    this.stopPinging();
    if (this.held || this.entries.size === 0) {
      this.setLink({ kind: "idle" });
      return;
    }
    if (!this.everOpen && this.ways.second !== null && this.attempt >= TRIES_BEFORE_FALLBACK - 1) {
      this.fallback = !this.fallback;
    }
    const wait_ms = backoff(this.attempt, this.random());
    this.attempt += 1;
    this.setLink({ kind: "waiting", retryAt_ms: this.clock.localNow() + wait_ms });
    this.retry = this.timers.set(() => this.connect(), wait_ms);
  }

  /** One-way transports learn of new wishes only by connecting anew; several at once share one attempt. */
  private reconnectSoon(): void {
    if (this.retry !== null) return;
    this.retry = this.timers.set(() => {
      this.transport?.close();
      this.connect();
    }, 50);
  }

  private disconnect(): void {
    this.clearRetry();
    this.stopPinging();
    this.transport?.close();
    this.transport = null;
    this.attempt = 0;
    this.setLink({ kind: "idle" });
  }

  private received(text: string): void {
    this.heard_ms = this.clock.localNow();
    for (const message of parseServerMessages(text)) this.handle(message);
  }

  private handle(message: ServerMessage): void {
    switch (message.type) {
      case "hello":
      case "heartbeat":
        this.clock.hint(message.now_ms);
        return;
      case "pong":
        this.clock.pong(message.sent_ms, message.now_ms);
        return;
      case "dropped":
        return;
      case "series": {
        const entry = this.entries.get(message.id);
        for (const { key, labels } of message.series) {
          const name = identity(labels);
          entry?.keys.set(String(key), name);
          entry?.listener.series(name, labels);
        }
        return;
      }
      case "frame":
        this.frame(message);
        return;
      case "error":
        if (message.id !== undefined) this.entries.get(message.id)?.listener.error(message.error);
    }
  }

  private frame(message: Extract<ServerMessage, { type: "frame" }>): void {
    this.clock.hint(message.now_ms);
    const entry = this.entries.get(message.id);
    const last = message.timestamps_ms.at(-1);
    if (entry === undefined || last === undefined) return;
    entry.since_ms = Math.max(entry.since_ms ?? 0, last);
    const values = new Map<string, readonly number[]>();
    for (const [key, column] of Object.entries(message.values)) {
      const name = entry.keys.get(key);
      if (name !== undefined) values.set(name, column.map(wireValue));
    }
    const news = message.ingested_ms > entry.ingested_ms;
    entry.ingested_ms = Math.max(entry.ingested_ms, message.ingested_ms);
    entry.listener.frame({ times_ms: message.timestamps_ms, values, ingested_ms: news ? message.ingested_ms : 0 });
  }

  private setLink(link: Link): void {
    this.link = link;
    for (const watcher of this.watchers) watcher();
  }

  private clearRetry(): void {
    if (this.retry !== null) this.timers.clear(this.retry);
    this.retry = null;
  }

  private stopPinging(): void {
    if (this.pinger !== null) this.timers.clear(this.pinger);
    this.pinger = null;
  }
}
