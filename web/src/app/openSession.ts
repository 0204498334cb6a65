/** Builds what one open page shares, bottom up. */

import { Crosshair } from "../charts/crosshair";
import type { Theme } from "../charts/palette";
import { readTheme } from "../charts/palette";
import { Commands } from "../data/commands";
import { Freeze } from "../data/freeze";
import { LocationStore } from "../data/location";
import { Preference, choice, textList } from "../data/preferences";
import { LiveClient } from "../live/client";
import { ServerClock } from "../live/clock";
import { LatencyMeter } from "../live/latency";
import { FrameLoop } from "../live/scheduler";
import { eventSource, webSocket } from "../live/transport";
import { onWho } from "../api/access";
import { ColumnsBatch } from "../api/columnsBatch";
import { askOf } from "../api/http";
import { ProjectStore } from "../data/project";
import { Playback } from "../queries/playback";
import type { SourceDoors } from "../queries/source";
import { SourcePool } from "../queries/pool";
import type { Session } from "../queries/session";
import type { Density, ThemeChoice } from "../ui/theme";
import { applyDensity, applyTheme, watchTheme } from "../ui/theme";

export interface Opened {
  session: Session;
  crosshair: Crosshair;
  theme: Preference<ThemeChoice>;
  density: Preference<Density>;
  /** The colours of the theme that is applied. */
  colours: () => Theme;
  /** The person asked for reduced motion. */
  still: () => boolean;
  /** The first pointer is a finger. */
  touch: () => boolean;
  /** Calls back when colours or density changed. */
  watchColours: (changed: () => void) => () => void;
}

const FRESH_TIMESTAMPS = 2;

export function openSession(): Opened {
  const clock = new ServerClock();
  const address = new LocationStore();
  const project = new ProjectStore(address, new Preference("project", (text) => text ?? "", String));
  askOf(project.read);
  onWho((who) =>
    project.know(
      who.projects.map((one) => one.name),
      who.home,
    ),
  );
  const about = (path: string): URL => {
    const url = new URL(path, location.origin);
    if (project.read() !== "") url.searchParams.set("project", project.read());
    return url;
  };
  const live = new LiveClient(
    {
      first: webSocket(() => about("/ws/metrics/stream").href.replace(/^http/, "ws")),
      second: eventSource(() => about("/stream/metrics")),
    },
    clock,
    {
      set: (callback, delay_ms) => window.setTimeout(callback, delay_ms),
      clear: (handle) => window.clearTimeout(handle),
    },
    Math.random,
  );
  const loop = new FrameLoop();
  const latency = new LatencyMeter();
  const playback = new Playback({ location: address, clock, loop });
  const doors: SourceDoors = {
    playhead: playback,
    load: new ColumnsBatch().load,
    subscribe: (wish, since_ms, reach_ms, listener) => live.subscribe(wish, since_ms, reach_ms, listener),
    arrived: (frame) => {
      // frames that fill a gap, and answers without a new sample, tell nothing about how quick the live path is
      if (frame.times_ms.length > FRESH_TIMESTAMPS || frame.ingested_ms <= 0 || document.hidden) return;
      loop.onPainted(() => latency.add(clock.now() - frame.ingested_ms));
    },
  };
  const pool = new SourcePool(doors, project.read);
  project.watch(() => live.reconnect());
  const session: Session = {
    clock,
    live,
    loop,
    pool,
    latency,
    location: address,
    project,
    commands: new Commands(),
    zone: choice("zone", ["browser", "utc"]),
    recentRanges: textList("ranges", 6),
    history: textList("history", 50),
    bellSound: choice("bell.sound", ["off", "on"]),
    bellNotices: choice("bell.notices", ["off", "on"]),
    freeze: new Freeze(),
    playback,
  };
  const theme = new Preference<ThemeChoice>(
    "theme",
    (text) => (text === "light" || text === "dark" ? text : "system"),
    (value) => value,
  );
  const density = choice<Density>("density", ["comfortable", "compact"]);
  theme.watch(() => applyTheme(theme.read()));
  density.watch(() => applyDensity(density.read()));
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  const coarse = matchMedia("(pointer: coarse)");
  let colours: Theme | null = null;
  return {
    session,
    crosshair: new Crosshair(),
    theme,
    density,
    colours: () => (colours ??= readTheme()),
    still: () => motion.matches,
    touch: () => coarse.matches,
    watchColours: (changed) =>
      watchTheme(theme.read, () => {
        colours = null;
        changed();
      }),
  };
}
