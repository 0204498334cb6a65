import { Suspense, lazy } from "react";
import { usePlayback } from "../../queries/usePlayback";
import type { PlayerProps } from "./Player";

// most visits never play anything
const Player = lazy(() => import("./Player"));

/** The player, docked below a page while a recording plays; nothing while the page is live. */
export function PlaybackBar(props: Omit<PlayerProps, "state">) {
  const { state } = usePlayback();
  if (state === null) return null;
  return (
    <Suspense fallback={null}>
      <Player {...props} state={state} />
    </Suspense>
  );
}
