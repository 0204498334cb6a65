/** Ways to the server: a WebSocket, or server-sent events where a proxy lets no WebSocket through. */

import type { Subscription } from "./protocol";

export interface TransportEvents {
  open: () => void;
  message: (text: string) => void;
  close: () => void;
}

export interface Transport {
  /** Sends a text; transports without a way up ignore it. */
  send: (text: string) => void;
  close: () => void;
}

/** What a one-way transport must know when it connects. */
export interface Wish extends Subscription {
  id: string;
  since_ms: number | null;
}

export type Connect = (events: TransportEvents, wishes: readonly Wish[]) => Transport;

/**
 * The URL is asked for with each connection: the project in it may have changed. What the server has to say at one time
 * comes as one message: a hundred of them would wake the page a hundred times.
 */
export function webSocket(url: () => string, protocols: () => string[] = () => []): Connect {
  return (events) => {
    const address = new URL(url());
    address.searchParams.set("batch", "true");
    const socket = new WebSocket(address, protocols());
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      events.close();
    };
    socket.onopen = () => events.open();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") events.message(event.data);
    };
    socket.onclose = end;
    socket.onerror = end;
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => {
        over = true;
        socket.close();
      },
    };
  };
}

const EVENT_KINDS = ["hello", "series", "frame", "dropped", "error", "heartbeat"];

/** The server names the wishes of one stream q0, q1, ...; they get back the names they have here. */
function renamed(text: string, wishes: readonly Wish[]): string {
  return text.replace(/^(\{"type":"[a-z]+","id":")q(\d+)"/, (whole, head: string, index: string) => {
    const id = wishes[Number(index)]?.id;
    return id === undefined ? whole : `${head}${id}"`;
  });
}

/** One stream for each pace, since a stream has one step and interval. */
export function eventSource(url: () => URL): Connect {
  return (events, wishes) => {
    const sources: EventSource[] = [];
    const close = (): void => sources.forEach((source) => source.close());
    for (const group of Map.groupBy(wishes, (wish) => `${wish.step_ms}/${wish.interval_ms}`).values()) {
      const address = url();
      for (const [name, value] of streamQuery(group)) address.searchParams.append(name, value);
      const source = new EventSource(address);
      const onMessage = (event: Event): void => {
        if (event instanceof MessageEvent && typeof event.data === "string") events.message(renamed(event.data, group));
      };
      for (const kind of EVENT_KINDS) {
        // "error" is also the name of a lost connection, which carries no data
        source.addEventListener(kind, onMessage);
      }
      source.onopen = () => events.open();
      source.onerror = (event) => {
        if (event instanceof MessageEvent) return;
        close();
        events.close();
      };
      sources.push(source);
    }
    return { send: () => undefined, close };
  };
}

function streamQuery(group: readonly Wish[]): URLSearchParams {
  const query = new URLSearchParams();
  for (const wish of group) query.append("promql", wish.promql);
  query.set("step_ms", String(group[0]?.step_ms ?? 1000));
  query.set("interval_ms", String(group[0]?.interval_ms ?? 1000));
  const known = group.map((wish) => wish.since_ms).filter((since_ms) => since_ms !== null);
  if (known.length > 0) query.set("since_ms", String(Math.floor(Math.min(...known))));
  return query;
}
