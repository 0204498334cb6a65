import type { KeyboardEvent, PointerEvent } from "react";
import { useEffect, useRef } from "react";
import type { PlaybackState } from "../../data/playback";
import type { Mark } from "../../data/playbackMarks";
import type { Zone } from "../../data/timeRange";
import { formatMoment } from "../../data/timeRange";
import { timeLabel, timeStep, timeTicks } from "../../charts/ticks";
import { useMoment, usePlayback } from "../../queries/usePlayback";
import { useChartShare } from "../../widgets/chartContext";
import { paintGround, paintLine, placePins } from "./trackPaint";
import type { Track } from "./useTrack";
import { useWidth } from "./useWidth";

interface Props {
  state: PlaybackState;
  track: Track;
  span_ms: number;
  zone: Zone;
  /** Nothing but the line and the playhead. */
  compact: boolean;
}

const LINE_PX = 46;
const LABEL_PX = 96;
const SNAP_PX = 8;

/** The line of all that can be played, with the playhead to take hold of. */
export function TrackView({ state, track, span_ms, zone, compact }: Props) {
  const { playback } = usePlayback();
  const [box, width] = useWidth();
  const root = useRef<HTMLDivElement>(null);
  const moment_ms = useMoment(1000);
  const { range } = state;
  usePainted(root, state, track, width);
  usePlaced(root, state, span_ms, zone, width);

  const seekTo = (event: PointerEvent<HTMLDivElement>): void => {
    const rect = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - rect.left) / Math.max(1, rect.width);
    const length_ms = range.end_ms - range.start_ms;
    const at_ms = range.start_ms + part * length_ms;
    const near = track.marks.find((one) => Math.abs(one.time_ms - at_ms) * rect.width < SNAP_PX * length_ms);
    const inPins = event.clientY < rect.top + rect.height - LINE_PX;
    playback.seek(near !== undefined && inPins && !compact ? near.time_ms : at_ms);
  };
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    seekTo(event);
  };
  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
  };
  const onKey = (event: KeyboardEvent): void => {
    const way: Partial<Record<string, () => void>> = {
      Home: () => playback.seek(range.start_ms),
      End: () => playback.seek(range.end_ms),
      PageUp: () => playback.seek(playback.moment_ms - span_ms),
      PageDown: () => playback.seek(playback.moment_ms + span_ms),
      ArrowUp: () => playback.step(1),
      ArrowDown: () => playback.step(-1),
    };
    const run = way[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  };
  return (
    <div ref={root} className="track">
      <div
        ref={box}
        className="track__slider"
        role="slider"
        tabIndex={0}
        aria-label="Playhead"
        aria-valuemin={range.start_ms}
        aria-valuemax={range.end_ms}
        aria-valuenow={Math.round(moment_ms)}
        aria-valuetext={formatMoment(moment_ms, zone, true, true)}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onKeyDown={onKey}
      >
        {compact ? null : <Pins marks={track.marks} state={state} width={width} />}
        <div className="track__line" aria-hidden="true">
          <canvas data-part="ground" />
          <canvas data-part="ghost" />
          <div className="track__window" data-part="window" />
          <canvas data-part="played" />
        </div>
        <div className="track__head" data-part="head" aria-hidden="true">
          <span className="track__pill num" data-part="pill" />
        </div>
      </div>
      {compact ? null : <Labels state={state} width={width} zone={zone} />}
    </div>
  );
}

const PIN_LOOKS = { note: "track__note", pending: "st st--warn", firing: "st st--crit", gap: "" };

function Pins({ marks, state, width }: { marks: readonly Mark[]; state: PlaybackState; width: number }) {
  return (
    <div className="track__pins" aria-hidden="true">
      {placePins(marks, state.range, width).map(({ mark, x_px, named }) => (
        <span
          key={`${mark.kind} ${mark.time_ms} ${mark.title}`}
          className="track__pin"
          title={mark.text === "" ? mark.title : `${mark.title}, ${mark.text}`}
          style={{ left: x_px }}
        >
          <i className={PIN_LOOKS[mark.kind]} />
          {named ? <span className="truncate">{mark.title}</span> : null}
        </span>
      ))}
    </div>
  );
}

function Labels({ state, width, zone }: { state: PlaybackState; width: number; zone: Zone }) {
  const { start_ms, end_ms } = state.range;
  const step_ms = timeStep(end_ms - start_ms, Math.max(1, width / LABEL_PX));
  const x = (time_ms: number): number => ((time_ms - start_ms) / (end_ms - start_ms)) * width;
  const ticks = timeTicks(start_ms, end_ms, step_ms, zone).filter((at) => x(at) > 20 && x(at) < width - 70);
  return (
    <div className="track__labels num" aria-hidden="true">
      {ticks.map((at) => (
        <span key={at} style={{ left: x(at) }}>
          {timeLabel(at, step_ms, zone)}
        </span>
      ))}
    </div>
  );
}

const part = (root: HTMLElement, name: string): HTMLElement | null => root.querySelector(`[data-part="${name}"]`);

function pen(root: HTMLElement, name: string, width: number, ratio: number): CanvasRenderingContext2D | null {
  const canvas = part(root, name);
  if (!(canvas instanceof HTMLCanvasElement)) return null;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  return canvas.getContext("2d");
}

/** What does not move is painted only when it changes. */
function usePainted(
  root: React.RefObject<HTMLDivElement | null>,
  state: PlaybackState,
  track: Track,
  width: number,
): void {
  const { theme, themeVersion } = useChartShare();
  const { start_ms, end_ms } = state.range;
  const { view, marks } = track;
  useEffect(() => {
    const element = root.current;
    if (element === null || width === 0) return;
    const ratio = devicePixelRatio;
    const colours = theme();
    const picture = { range: { start_ms, end_ms }, view, marks };
    const [ground, ghost, played] = ["ground", "ghost", "played"].map((name) => pen(element, name, width, ratio));
    if (ground != null) paintGround(ground, picture, colours, ratio);
    if (ghost != null) paintLine(ghost, picture, colours.ghost, 0.05, ratio);
    if (played != null) paintLine(played, picture, colours.token("s1"), 0.12, ratio);
  }, [root, start_ms, end_ms, view, marks, width, theme, themeVersion]);
}

/** Playhead, window and the played part move with every frame, past React. */
function usePlaced(
  root: React.RefObject<HTMLDivElement | null>,
  state: PlaybackState,
  span_ms: number,
  zone: Zone,
  width: number,
): void {
  const { loop } = useChartShare();
  const { playback } = usePlayback();
  useEffect(() => {
    const element = root.current;
    if (element === null || width === 0) return;
    const [head, pill, window_, played] = ["head", "pill", "window", "played"].map((name) => part(element, name));
    const { start_ms, end_ms } = state.range;
    const place = (): void => {
      if (head == null || pill == null || window_ == null || played == null) return;
      const x = (time_ms: number): number => ((time_ms - start_ms) / (end_ms - start_ms)) * width;
      const at_ms = playback.moment_ms;
      const [from, to] = [Math.max(0, x(at_ms - span_ms)), x(at_ms)];
      head.style.transform = `translateX(${to}px)`;
      window_.style.transform = `translateX(${from}px)`;
      window_.style.width = `${to - from}px`;
      played.style.clipPath = `inset(0 ${width - to}px 0 0)`;
      const text = formatMoment(at_ms, zone, false, true);
      if (pill.textContent !== text) pill.textContent = text;
      // at both ends the pill stays inside
      const half = pill.offsetWidth / 2;
      pill.style.transform = `translateX(${Math.max(half - to, Math.min(width - half - to, 0)) - half}px)`;
    };
    place();
    return state.playing ? loop.add(place) : undefined;
  }, [root, loop, playback, state, span_ms, zone, width]);
}
