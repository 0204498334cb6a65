import { demanded } from "../../ui/demanded";
import { usePlayback } from "../../queries/usePlayback";
import type { PlayerProps } from "./Player";

// most visits never play anything
const Player = demanded(() => import("./Player"));

/** The player, docked below a page while a recording plays; nothing while the page is live. */
export function PlaybackBar(props: Omit<PlayerProps, "state">) {
  const { state } = usePlayback();
  if (state === null) return null;
  return <Player {...props} state={state} />;
}
