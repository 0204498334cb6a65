import { History, Radio } from "lucide-react";
import { useCommands } from "../../queries/useCommands";
import { usePlayback, useStartPlayback } from "../../queries/usePlayback";
import type { Time } from "../../queries/useTime";

/** In the bar on top: plays what the page shows, or goes back to live. */
export function PlaybackButton({ time }: { time: Time }) {
  const { state } = usePlayback();
  const start = useStartPlayback(time);
  useCommands([{ id: "playback.start", title: "Play what is shown", group: "Time", keys: "t p", run: start }]);
  if (state === null) {
    return (
      <button
        key="start"
        type="button"
        className="btn btn--icon"
        title="Playback (t p)"
        aria-label="Playback"
        onClick={start}
      >
        <History className="icon icon--sm" aria-hidden />
      </button>
    );
  }
  return (
    // another button, not the same with another name: space is not to lead back at once
    <button key="live" type="button" className="btn btn--fold" title="Back to live (l)" onClick={() => time.goLive()}>
      <Radio className="icon icon--sm" aria-hidden />
      <span>Back to live</span>
    </button>
  );
}
