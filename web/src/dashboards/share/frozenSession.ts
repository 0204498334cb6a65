/** What a dashboard that was given away shares instead of the page: its own data, and an address that leads nowhere. */

import { Commands } from "../../data/commands";
import { Freeze } from "../../data/freeze";
import { MemoryAddress } from "../../data/memoryAddress";
import type { LiveClient } from "../../live/client";
import { Playback } from "../../queries/playback";
import { SourcePool } from "../../queries/pool";
import type { Session } from "../../queries/session";
import { TABLE_PARAM } from "../canvas/asTable";
import type { FrozenDoors } from "./doors";

/** Viewers choose what they look at, not what is asked. */
const CHANGEABLE = ["panel", "tab", "live", "tz", TABLE_PARAM];
/** A part of the time that was given away. */
const PART = ["from", "to"];

export function frozenSession(
  outer: Session,
  { doors, live, zoom }: { doors: FrozenDoors; live: LiveClient; zoom: boolean },
  given: URLSearchParams,
): Session {
  const location = new MemoryAddress(outer.location.path, zoom ? [...CHANGEABLE, ...PART] : CHANGEABLE, given);
  const { clock, loop } = outer;
  return {
    ...outer,
    live,
    location,
    pool: new SourcePool({ ...doors, arrived: () => undefined }),
    freeze: new Freeze(),
    playback: new Playback({ location, clock, loop }),
    commands: new Commands(),
  };
}
