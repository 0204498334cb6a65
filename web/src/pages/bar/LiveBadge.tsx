import { Pause, Play } from "lucide-react";
import { useSyncExternalStore } from "react";
import { formatDuration } from "../../data/duration";
import { untilNext } from "../../data/refresh";
import { formatMoment } from "../../data/timeRange";
import { useSecond } from "../../queries/usePanelData";
import { useMoment } from "../../queries/usePlayback";
import type { Session } from "../../queries/session";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { RefreshMenu } from "./RefreshMenu";

interface Badge {
  state: "live" | "paused" | "stale" | "offline" | "connecting" | "fixed" | "playback";
  word: string;
  note: string;
  title: string;
}

const MOMENT_EVERY_MS = 250;
const ACTIONS: Partial<Record<Badge["state"], string>> = {
  offline: "Try to connect now",
  fixed: "Back to live",
  paused: "Go on (space)",
};

function badge(session: Session, time: Time, stale_ms: number | null): Badge {
  const { live, clock, latency } = session;
  if (time.playback) {
    const at_ms = time.now();
    const behind = formatDuration(Math.max(0, clock.now() - at_ms));
    const note = `${formatMoment(at_ms, time.zone, false, true)} \u00b7 ${behind} behind`;
    return { state: "playback", word: "PLAYBACK", note, title: "The page shows what was known at this moment" };
  }
  if (!time.moving) return { state: "fixed", word: "FIXED", note: "", title: "This range does not end at now" };
  if (time.paused) {
    const held = session.freeze.interval;
    const since = held === null ? "" : `at ${formatMoment(held.end_ms, time.zone, false, true)}`;
    return { state: "paused", word: "PAUSED", note: since, title: "Space goes on" };
  }
  const link = live.state;
  if (link.kind === "waiting") {
    const left_s = Math.max(0, Math.ceil((link.retryAt_ms - clock.localNow()) / 1000));
    return { state: "offline", word: "OFFLINE", note: `retry in ${left_s} s`, title: "Click to try now" };
  }
  if (link.kind === "connecting") {
    const word = link.again ? "RECONNECTING" : "CONNECTING";
    return { state: "connecting", word, note: "", title: "Waiting for the server" };
  }
  if (stale_ms !== null) {
    const note = `last sample ${formatDuration(stale_ms)} ago`;
    return { state: "stale", word: "STALE", note, title: "Connected, but nothing new comes" };
  }
  const p95 = latency.p95();
  const late = p95 === null ? "" : `${Math.round(p95)} ms`;
  const title = "Sample acknowledged to pixel on screen, 95th percentile";
  const next_ms = untilNext(time.interval_ms, clock.now());
  if (next_ms === null) return { state: "live", word: "LIVE", note: late, title };
  const note = `next in ${formatDuration(Math.ceil(next_ms / 1000) * 1000)}`;
  return { state: "live", word: "LIVE", note, title: late === "" ? "Until the next refresh" : `${title}: ${late}` };
}

interface Props {
  time: Time;
  stale_ms: number | null;
  /** How often it asks again can be chosen. */
  paced?: boolean;
}

/** The state of the page's time in a word, when it is refreshed next, pause, and how often it asks. */
export function LiveBadge({ time, stale_ms, paced = true }: Props) {
  const session = useSession();
  useSecond(!time.playback);
  useMoment(MOMENT_EVERY_MS);
  useSyncExternalStore(
    (changed) => session.live.watch(changed),
    () => session.live.state,
  );
  const { state, word, note, title } = badge(session, time, stale_ms);
  const toggle = (): void => {
    if (!time.moving) time.goLive();
    else if (state === "offline") session.live.retryNow();
    else time.setPaused(!time.paused);
  };
  const goes = state === "offline" || state === "fixed" || time.paused;
  const action = ACTIONS[state] ?? "Pause (space)";
  return (
    <span className={`live live--${state}`} title={title}>
      <span className="live__state" role="status">
        <span className="live__dot" aria-hidden="true" />
        {word}
      </span>
      {note === "" ? null : <span className="live__lag">{note}</span>}
      {state === "playback" ? null : (
        <button type="button" className="live__btn" title={action} aria-label={action} onClick={toggle}>
          {goes ? <Play className="icon icon--sm" aria-hidden /> : <Pause className="icon icon--sm" aria-hidden />}
        </button>
      )}
      {paced && time.moving && !time.playback ? <RefreshMenu time={time} /> : null}
    </span>
  );
}
