/** One pane of Explore: its question and time from the address, what is typed, and the answers. */

import { useCallback, useMemo, useState } from "react";
import { staleness, useSecond } from "../../queries/usePanelData";
import type { QuerySource } from "../../queries/source";
import { useSession } from "../../queries/session";
import { useSources } from "../../queries/useSources";
import type { Time } from "../../queries/useTime";
import { useLocationText, useTime } from "../../queries/useTime";
import type { ExploreState } from "./exploreState";
import { letter, readState, writeState } from "./exploreState";

const DEFAULT_RANGE = { from: "now-15m", to: "now" };
const HISTORY = 50;

export interface Explore {
  state: ExploreState;
  time: Time;
  drafts: readonly string[];
  sources: readonly QuerySource[];
  /** How late the newest value is, null while it is in time. */
  stale_ms: number | null;
  setDraft: (at: number, text: string) => void;
  /** Asks the drafts, or the given texts. */
  run: (texts?: readonly string[]) => void;
  change: (next: Partial<ExploreState>, how?: "push" | "replace") => void;
}

/** `slot` tells the panes' sources apart. */
export function useExplore(slot: string): Explore {
  const session = useSession();
  const place = useLocationText();
  const state = useMemo(() => readState(new URLSearchParams(place.split("?")[1] ?? "")), [place]);
  const time = useTime(DEFAULT_RANGE);
  const { drafts, setDraft, run, runs } = useDrafts(state);
  const change = useCallback(
    (next: Partial<ExploreState>, how: "push" | "replace" = "replace") =>
      session.location.change(writeState(next), how),
    [session],
  );
  const sources = useSources(
    state.queries.map((promql, at) => ({ slot: `${slot} ${letter(at)}`, promql })),
    time,
    runs,
  );
  const watching = time.moving && !time.paused;
  useSecond(watching);
  const newest = Math.max(...sources.map((source) => source.matrix.lastTime ?? -Infinity));
  const pace_ms = Math.max(time.step_ms, time.interval_ms);
  const stale_ms = watching && newest > -Infinity ? staleness(newest, session.clock.now(), pace_ms) : null;
  return { state, time, drafts, sources, stale_ms, setDraft, run, change };
}

interface Drafts {
  drafts: readonly string[];
  runs: number;
  setDraft: (at: number, text: string) => void;
  run: (texts?: readonly string[]) => void;
}

/** What is typed, until it is run and so becomes the URL. */
function useDrafts({ queries }: ExploreState): Drafts {
  const { location, history } = useSession();
  const asked = JSON.stringify(queries);
  // drafts belong to the questions they were made from: another place in the history drops them
  const [edited, setEdited] = useState<{ asked: string; texts: readonly string[] } | null>(null);
  const [runs, setRuns] = useState(0);
  const drafts = edited?.asked === asked ? edited.texts : queries;
  const setDraft = (at: number, text: string): void =>
    setEdited({ asked, texts: drafts.map((draft, index) => (index === at ? text : draft)) });
  const run = (texts: readonly string[] = drafts): void => {
    setEdited(null);
    setRuns((count) => count + 1);
    location.change(writeState({ queries: texts }), "push");
    const fresh = texts.filter((text) => text.trim() !== "");
    history.set([...new Set([...fresh, ...history.read()])].slice(0, HISTORY));
  };
  return { drafts, runs, setDraft, run };
}
