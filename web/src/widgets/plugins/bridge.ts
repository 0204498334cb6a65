/** The page's end of the way to a plugin: sends what changed, listens with distrust, notices when nobody answers. */

import type { FromFrame, Hello, Sent, ToFrame } from "./protocol";
import { PROTOCOL, readMessage } from "./protocol";

export interface PluginStatus {
  phase: "starting" | "running" | "failed";
  /** Why it failed. */
  message: string;
  /** What is wrong with the options, in the plugin's words. */
  problems: readonly string[];
  /** What the sandbox did not let it do. */
  blocked: readonly string[];
}

/** What a plugin asks of the page; only what a person has just done may lead to it. */
export type PluginWish = Extract<FromFrame, { op: "zoom" | "zoomOut" | "filter" | "choose" }>;

interface Hooks {
  changed: (status: PluginStatus) => void;
  /** Somebody has pressed a key or a button just now. */
  isActive: () => boolean;
  /** Nobody sees the page: a plugin may sleep, too. */
  isHidden: () => boolean;
  /** Milliseconds that only grow. */
  now: () => number;
}

export const BEAT_MS = 2_000;
/** As long as a plugin may be busy, or a page on a machine with much else to do. */
const SILENCE_MS = 8_000;
const START_MS = 20_000;
const MAX_PER_BEAT = 500;
const MAX_BLOCKED = 5;

const NEW: PluginStatus = { phase: "starting", message: "", problems: [], blocked: [] };

export class Bridge {
  private status = NEW;
  private port: MessagePort | null = null;
  private readonly waiting: Partial<Sent>[] = [];
  private readonly transfers: Transferable[] = [];
  private readonly started_ms: number;
  private asked = 0;
  /** When the oldest question was asked that has no answer. */
  private unanswered_ms: number | null = null;
  private heard = 0;
  private fulfil: (wish: PluginWish) => void = () => undefined;

  constructor(private readonly hooks: Hooks) {
    this.started_ms = hooks.now();
  }

  onWish(fulfil: (wish: PluginWish) => void): void {
    this.fulfil = fulfil;
  }

  /** The document has been loaded; the second time it is another one, to which nothing is told. */
  open(frame: { postMessage: (message: Hello, target: string, transfer: Transferable[]) => void }): void {
    if (this.port !== null) {
      this.fail("It has left its own document.");
      return;
    }
    if (this.status.phase === "failed") return;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event) => this.take(event);
    // a sandboxed document has no origin to name; the policy of the page says what it can be
    frame.postMessage({ vedette: PROTOCOL }, "*", [port2]);
    for (const sent of this.waiting) this.send({ op: "show", sent }, this.transfers);
    this.waiting.length = 0;
    this.transfers.length = 0;
  }

  show(sent: Partial<Sent>, transfer: Transferable[] = []): void {
    if (this.status.phase === "failed") return;
    if (this.port === null) {
      // before it is loaded what is newer takes the place of what is older
      const last = this.waiting.pop() ?? {};
      this.waiting.push({ ...last, ...sent });
      if (sent.data !== undefined) this.transfers.splice(0, this.transfers.length, ...transfer);
    } else this.send({ op: "show", sent }, transfer);
  }

  /** Every `BEAT_MS`. */
  beat(): void {
    this.heard = 0;
    const now_ms = this.hooks.now();
    if (this.status.phase === "failed") return;
    if (this.hooks.isHidden()) {
      this.unanswered_ms = null;
      return;
    }
    if (this.status.phase === "starting") {
      if (now_ms - this.started_ms > START_MS) this.fail("It does not start: vedette.define(...) has not been called.");
      return;
    }
    if (this.unanswered_ms !== null && now_ms - this.unanswered_ms > SILENCE_MS) {
      this.fail("It does not answer any more.");
      return;
    }
    this.asked += 1;
    this.unanswered_ms ??= now_ms;
    this.send({ op: "ping", count: this.asked });
  }

  close(): void {
    this.port?.close();
    this.port = null;
  }

  private send(message: ToFrame, transfer: Transferable[] = []): void {
    this.port?.postMessage(message, transfer);
  }

  private take(event: MessageEvent): void {
    if (this.status.phase === "failed") return;
    this.heard += 1;
    if (this.heard > MAX_PER_BEAT) {
      this.fail("It says too much.");
      return;
    }
    // what was sent is not even looked into before this
    const message = readMessage(event.data);
    if (message === null) return;
    switch (message.op) {
      case "ready":
        if (this.status.phase === "starting") this.change({ phase: "running" });
        return;
      case "pong":
        if (message.count === this.asked) this.unanswered_ms = null;
        return;
      case "problems":
        this.change({ problems: message.problems });
        return;
      case "failed":
        this.fail(message.message);
        return;
      case "blocked":
        if (this.status.blocked.length < MAX_BLOCKED && !this.status.blocked.includes(message.what)) {
          this.change({ blocked: [...this.status.blocked, message.what] });
        }
        return;
      case "drawn":
        return;
      default:
        if (this.hooks.isActive()) this.fulfil(message);
    }
  }

  private fail(message: string): void {
    this.change({ phase: "failed", message });
    this.port?.close();
    this.port = null;
  }

  private change(part: Partial<PluginStatus>): void {
    this.status = { ...this.status, ...part };
    this.hooks.changed(this.status);
  }
}
