/** The page's recording in React. */

import { useCallback, useEffect, useReducer, useSyncExternalStore } from "react";
import type { PlaybackState } from "../data/playback";
import { fittingSpeed, rangeAround } from "../data/playback";
import type { Playback } from "./playback";
import { useSession } from "./session";
import type { Time } from "./useTime";

export interface PlaybackView {
  playback: Playback;
  /** null: nothing is played. */
  state: PlaybackState | null;
  /** It means to play, and waits for data. */
  waiting: boolean;
}

export function usePlayback(): PlaybackView {
  const { playback } = useSession();
  const state = useSyncExternalStore(playback.watch, playback.read);
  const waiting = useSyncExternalStore(playback.watch, playback.readWaiting);
  return { playback, state, waiting };
}

/** The playhead's moment, looked at this often while it moves. */
export function useMoment(every_ms: number): number {
  const { playback, state } = usePlayback();
  const [, look] = useReducer((count: number) => count + 1, 0);
  const moves = state !== null && state.playing;
  useEffect(() => {
    if (!moves) return;
    const timer = setInterval(look, every_ms);
    return () => clearInterval(timer);
  }, [moves, every_ms]);
  return playback.moment_ms;
}

/** Plays what the page shows from its start on; a page that is paused stays at its moment. */
export function useStartPlayback(time: Time): () => void {
  const { playback, clock } = useSession();
  return useCallback(() => {
    if (playback.active) return;
    const window = time.window();
    const range = rangeAround(window, time.moving, clock.now());
    const speed = fittingSpeed(time.span_ms);
    if (time.paused) playback.enter({ at_ms: window.end_ms, speed, range }, time.step_ms, false);
    else playback.enter({ at_ms: window.start_ms, speed, range }, time.step_ms, true);
  }, [playback, clock, time]);
}
