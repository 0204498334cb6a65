/** The live connection of a public link. */

import { publicSocket } from "../../dashboards/share/doors";
import { LiveClient } from "../../live/client";
import type { ServerClock } from "../../live/clock";

export function publicLive(token: string, clock: ServerClock): LiveClient {
  return new LiveClient(
    { first: publicSocket(token), second: null },
    clock,
    {
      set: (callback, delay_ms) => window.setTimeout(callback, delay_ms),
      clear: (handle) => window.clearTimeout(handle),
    },
    Math.random,
  );
}
