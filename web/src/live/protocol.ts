/** Live messages as they are on the wire; see ARCHITECTURE.md. Anything else is ignored, never thrown. */

import type { Labels } from "../data/labels";

export interface Subscription {
  promql: string;
  step_ms: number;
  interval_ms: number;
}

export interface WireError {
  code: string;
  message: string;
  position?: { start: number; end: number };
  limit?: { name: string; value: number };
}

export type ServerMessage =
  | { type: "hello"; now_ms: number; heartbeat_ms?: number }
  | { type: "series"; id: string; series: { key: number; labels: Labels }[] }
  | {
      type: "frame";
      id: string;
      timestamps_ms: number[];
      values: Record<string, (number | string | null)[]>;
      now_ms: number;
      ingested_ms: number;
    }
  | { type: "dropped"; id: string; frames: number }
  | { type: "error"; id?: string; error: WireError }
  | { type: "pong"; sent_ms: number; now_ms: number }
  | { type: "heartbeat"; now_ms: number };

const KINDS = new Set(["hello", "series", "frame", "dropped", "error", "pong", "heartbeat"]);

/** The messages of a text frame, one or an array of them, without what this page does not know. */
export function parseServerMessages(text: string): ServerMessage[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isServerMessage);
}

function isServerMessage(parsed: unknown): parsed is ServerMessage {
  if (typeof parsed !== "object" || parsed === null || !("type" in parsed)) return false;
  return typeof parsed.type === "string" && KINDS.has(parsed.type);
}

export function subscribeText(id: string, wish: Subscription, since_ms: number | null): string {
  return JSON.stringify({
    op: "subscribe",
    id,
    ...wish,
    ...(since_ms === null ? {} : { since_ms: Math.floor(since_ms) }),
  });
}
