/** What one open page shares: clock, live connection, drawing loop, latency; made once by `main`. */

import { createContext, use } from "react";
import type { Commands } from "../data/commands";
import type { Freeze } from "../data/freeze";
import type { Address } from "../data/location";
import type { Preference } from "../data/preferences";
import type { ProjectStore } from "../data/project";
import type { OwnZone } from "../data/timeRange";
import type { LiveClient } from "../live/client";
import type { ServerClock } from "../live/clock";
import type { LatencyMeter } from "../live/latency";
import type { FrameLoop } from "../live/scheduler";
import type { Playback } from "./playback";
import type { SourcePool } from "./pool";

export interface Session {
  clock: ServerClock;
  live: LiveClient;
  loop: FrameLoop;
  pool: SourcePool;
  latency: LatencyMeter;
  location: Address;
  project: ProjectStore;
  commands: Commands;
  zone: Preference<OwnZone>;
  recentRanges: Preference<readonly string[]>;
  history: Preference<readonly string[]>;
  /** How notifications are told besides the count and the words in the page. */
  bellSound: Preference<"off" | "on">;
  bellNotices: Preference<"off" | "on">;
  freeze: Freeze;
  playback: Playback;
}

const SessionContext = createContext<Session | null>(null);

export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("useSession outside of its provider");
  return session;
}
