import { Pause, Play, Repeat, SkipBack, SkipForward, SlidersHorizontal, StepBack, StepForward, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { formatDuration } from "../../data/duration";
import type { PlaybackState, Speed } from "../../data/playback";
import { SPEEDS, STEP_CHOICES_MS, stepOf } from "../../data/playback";
import type { Zone } from "../../data/timeRange";
import { dateFormat, describeRange, formatMoment, zoneName } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { useCommands } from "../../queries/useCommands";
import { useMoment, usePlayback } from "../../queries/usePlayback";
import type { Time } from "../../queries/useTime";
import { IconButton, Segmented, Select, toast, useMedia } from "../../ui";
import { TrackView } from "./TrackView";
import type { Track, TrackChoice } from "./useTrack";
import { useTrack } from "./useTrack";

export interface PlayerProps {
  state: PlaybackState;
  time: Time;
  /** What the track may show; without it, what the page asks. */
  choices?: readonly TrackChoice[];
}

const PHONE = "(max-width: 640px)";
const WIDE = "(min-width: 1400px)";
const MOMENT_EVERY_MS = 100;
const SPANS_MS = [900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000];

const speedWord = (speed: Speed): string => (speed === "max" ? "Max" : `${speed}\u00d7`);

/** Buttons, settings and track of a recording. */
export default function Player({ time, choices, state }: PlayerProps) {
  const phone = useMedia(PHONE);
  const track = useTrack(state, choices);
  const [more, setMore] = useState(false);
  useMarkedPage();
  usePlayerKeys();
  const settings = <Settings state={state} zone={time.zone} track={track} phone={phone} />;
  return (
    <section className={phone ? "player player--phone" : "player"} aria-label="Playback">
      <div className="player__bar">
        <Transport state={state} />
        <Moment zone={time.zone} />
        {phone ? null : settings}
        {phone ? (
          <IconButton
            icon={SlidersHorizontal}
            label="Speed, step and range"
            aria-expanded={more}
            onClick={() => setMore(!more)}
          />
        ) : null}
      </div>
      {phone && more ? <div className="player__more">{settings}</div> : null}
      <div className="player__track">
        {phone ? null : <TrackPicker track={track} />}
        <TrackView state={state} track={track} span_ms={time.span_ms} zone={time.zone} compact={phone} />
        {phone ? null : (
          <button type="button" className="player__live" title="Back to live (l)" onClick={() => time.goLive()}>
            live
          </button>
        )}
      </div>
    </section>
  );
}

/** The page's edge and bar say that it does not show now. */
function useMarkedPage(): void {
  useEffect(() => {
    document.documentElement.dataset["time"] = "playback";
    return () => {
      delete document.documentElement.dataset["time"];
    };
  }, []);
}

function usePlayerKeys(): void {
  const { playback } = usePlayback();
  const jump = (direction: 1 | -1): void => {
    if (playback.jump(direction) === null) toast(direction === 1 ? "No mark after this." : "No mark before this.");
  };
  useCommands([
    { id: "playback.back", title: "Step back", group: "Time", keys: "left", run: () => playback.step(-1) },
    { id: "playback.forward", title: "Step forward", group: "Time", keys: "right", run: () => playback.step(1) },
    { id: "playback.slower", title: "Slower", group: "Time", keys: ",", run: () => playback.shiftSpeed(-1) },
    { id: "playback.faster", title: "Faster", group: "Time", keys: ".", run: () => playback.shiftSpeed(1) },
    { id: "playback.next", title: "Next mark", group: "Time", keys: "n", run: () => jump(1) },
    { id: "playback.previous", title: "Previous mark", group: "Time", keys: "p", run: () => jump(-1) },
    { id: "playback.next2", title: "To the next mark", group: "Time", keys: "shift+right", run: () => jump(1) },
    { id: "playback.previous2", title: "To the mark before", group: "Time", keys: "shift+left", run: () => jump(-1) },
    { id: "playback.leave", title: "Leave playback", group: "Time", keys: "q", run: () => playback.leave() },
  ]);
}

function Transport({ state }: { state: PlaybackState }) {
  const { playback, waiting } = usePlayback();
  const step = formatDuration(stepOf(state));
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // what began it is gone from the bar on top, and with it the focus
    if (document.activeElement === document.body) button.current?.focus({ preventScroll: true });
  }, []);
  const word = state.playing ? "Pause" : "Play";
  const jump = (direction: 1 | -1): void => {
    playback.jump(direction);
  };
  return (
    <div className="player__keys" role="toolbar" aria-label="Transport">
      <IconButton icon={SkipBack} label="Previous mark" keys="p" onClick={() => jump(-1)} />
      <IconButton icon={StepBack} label={`Step back ${step}`} keys="left" onClick={() => playback.step(-1)} />
      <button
        ref={button}
        type="button"
        className="player__play"
        title={`${word} (space)`}
        aria-label={word}
        aria-busy={waiting}
        onClick={() => playback.toggle()}
      >
        {state.playing ? <Pause className="icon" aria-hidden /> : <Play className="icon" aria-hidden />}
      </button>
      <IconButton icon={StepForward} label={`Step forward ${step}`} keys="right" onClick={() => playback.step(1)} />
      <IconButton icon={SkipForward} label="Next mark" keys="n" onClick={() => jump(1)} />
    </div>
  );
}

function Moment({ zone }: { zone: Zone }) {
  const { waiting } = usePlayback();
  const at_ms = useMoment(MOMENT_EVERY_MS);
  const day = dateFormat(zone, { weekday: "short", day: "numeric", month: "short" }).format(at_ms);
  return (
    <span className="player__moment">
      <span className="player__time num">{formatMoment(at_ms, zone, false, true)}</span>
      <span className="player__day" role="status">
        {waiting ? "Loading" : `${day}, ${zoneName(zone, at_ms)}`}
      </span>
    </span>
  );
}

interface SettingsProps {
  state: PlaybackState;
  zone: Zone;
  track: Track;
  phone: boolean;
}

function Settings({ state, zone, track, phone }: SettingsProps) {
  const { playback } = usePlayback();
  const wide = useMedia(WIDE);
  const steps = [
    { value: "auto", label: `step ${formatDuration(state.resolution_ms)}` },
    ...STEP_CHOICES_MS.filter((step_ms) => step_ms > state.resolution_ms).map((step_ms) => ({
      value: String(step_ms),
      label: `step ${formatDuration(step_ms)}`,
    })),
  ];
  const speeds = SPEEDS.map((speed) => ({ value: String(speed), label: speedWord(speed) }));
  const setSpeed = (text: string): void => {
    const speed = SPEEDS.find((one) => String(one) === text);
    if (speed !== undefined) playback.setSpeed(speed);
  };
  return (
    <>
      {wide ? (
        <Segmented label="Speed" value={String(state.speed)} choices={speeds} onChange={setSpeed} />
      ) : (
        <Select
          label="Speed"
          value={String(state.speed)}
          options={speeds}
          onChange={setSpeed}
          className="player__pick"
        />
      )}
      <Select
        label="Step"
        value={state.step_ms === null ? "auto" : String(state.step_ms)}
        options={steps}
        onChange={(text) => playback.setStep(text === "auto" ? null : Number(text))}
        className="player__pick"
      />
      <button
        type="button"
        className="btn btn--sm"
        aria-pressed={state.loop}
        title="Play the range again and again"
        onClick={() => playback.setLoop(!state.loop)}
      >
        <Repeat className="icon icon--sm" aria-hidden />
        Loop
      </button>
      <span className="spacer" />
      {phone ? <TrackPicker track={track} /> : <Legend />}
      <RangePicker state={state} zone={zone} />
      <IconButton icon={X} label="Leave playback" keys="q" onClick={() => playback.leave()} />
    </>
  );
}

function Legend() {
  return (
    <span className="player__legend">
      <span>
        <i className="track__note" />
        note
      </span>
      <span>
        <i className="st st--warn" />
        pending
      </span>
      <span>
        <i className="st st--crit" />
        firing
      </span>
      <span>
        <i className="player__hatch" />
        no data
      </span>
    </span>
  );
}

/** What is played: it keeps its end where that is now, else another one ends now. */
function RangePicker({ state, zone }: { state: PlaybackState; zone: Zone }) {
  const { playback } = usePlayback();
  const { clock } = useSession();
  const { start_ms, end_ms } = state.range;
  const text = describeRange({ from: String(Math.round(start_ms)), to: String(Math.round(end_ms)) }, clock.now(), zone);
  const options = [
    { value: "this", label: text },
    ...SPANS_MS.map((span_ms) => ({ value: String(span_ms), label: `Last ${formatDuration(span_ms)}` })),
  ];
  return (
    <Select
      label="Range that is played"
      value="this"
      options={options}
      className="player__pick"
      onChange={(chosen) => {
        const now_ms = clock.now();
        if (chosen !== "this") playback.setRange({ start_ms: now_ms - Number(chosen), end_ms: now_ms });
      }}
    />
  );
}

/** Which series the track shows. */
function TrackPicker({ track }: { track: Track }) {
  const { choices, chosen, choose, series, shownKey, show } = track;
  if (choices.length === 0) return null;
  return (
    <span className="player__series">
      <Select
        label="Question on the track"
        value={chosen}
        options={choices.map(({ promql, title }) => ({ value: promql, label: title }))}
        onChange={choose}
        className="player__pick"
      />
      {series.length < 2 ? null : (
        <Select
          label="Series on the track"
          value={shownKey}
          options={series.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={show}
          className="player__pick"
        />
      )}
    </span>
  );
}
