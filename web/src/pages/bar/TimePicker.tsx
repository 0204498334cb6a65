import { ChevronDown, Clock, ZoomOut } from "lucide-react";
import { Popover } from "radix-ui";
import type { SubmitEvent } from "react";
import { useState, useSyncExternalStore } from "react";
import { formatDuration } from "../../data/duration";
import type { TimeRange } from "../../data/timeRange";
import {
  NAMED_RANGES,
  QUICK_RANGES,
  absolute,
  describeRange,
  inputMoment,
  parseRange,
  resolveRange,
  zoneName,
} from "../../data/timeRange";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { Segmented } from "../../ui/Segmented";

const ZONE_LABELS: Readonly<Record<string, string>> = { browser: "Browser", utc: "UTC" };
const EXAMPLES = "2d, now-6h to now, yesterday, 2026-11-19 14:18 to 14:26";

/** Quick, typed, absolute and recent ranges; time zone. */
export function TimePicker({ time }: { time: Time }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const now_ms = session.clock.now();
  const choose = (range: TimeRange): void => {
    time.setRange(range);
    setOpen(false);
  };
  return (
    <span className="btn-group">
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className="btn min-w-0" title="Time range">
          <Clock className="icon icon--sm" aria-hidden />
          <span className="num truncate">
            {time.playback ? `Window ${formatDuration(time.span_ms)}` : describeRange(time.range, now_ms, time.zone)}
          </span>
          <span className="muted">{zoneName(time.zone, now_ms)}</span>
          <ChevronDown className="icon icon--xs" aria-hidden />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="popover max-h-(--radix-popover-content-available-height) w-[496px] overflow-y-auto p-3"
            align="end"
            sideOffset={4}
            aria-label="Time range"
          >
            <TypedRange time={time} now_ms={now_ms} choose={choose} />
            <CalendarRange time={time} now_ms={now_ms} choose={choose} />
            <RangeLists time={time} now_ms={now_ms} choose={choose} />
            <Settings time={time} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <button
        type="button"
        className="btn btn--icon"
        title="Zoom out (t z)"
        aria-label="Zoom out"
        onClick={time.zoomOut}
      >
        <ZoomOut className="icon icon--sm" aria-hidden />
      </button>
    </span>
  );
}

interface PartProps {
  time: Time;
  now_ms: number;
  choose: (range: TimeRange) => void;
}

function TypedRange({ time, now_ms, choose }: PartProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const range = parseRange(typed, now_ms, time.zone);
    setWrong(range === null);
    if (range !== null) choose(range);
  };
  return (
    <form onSubmit={submit} className="grid gap-1">
      <label className="label" htmlFor="typed-range">
        Range
      </label>
      <div className="flex gap-2">
        <input
          id="typed-range"
          className="input"
          value={typed}
          placeholder={describeRange(time.range, now_ms, time.zone)}
          aria-invalid={wrong}
          aria-describedby="typed-range-help"
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="submit" className="btn">
          Apply
        </button>
      </div>
      <p id="typed-range-help" className={wrong ? "error-text" : "text-[length:var(--fs-xs)] text-fg-3"}>
        {wrong ? `Not a range. Try ${EXAMPLES}.` : EXAMPLES}
      </p>
    </form>
  );
}

/** Both ends from the browser's own calendar. */
function CalendarRange({ time, now_ms, choose }: PartProps) {
  const [shown] = useState(time.window);
  const [ends, setEnds] = useState({
    from: inputMoment(shown.start_ms, time.zone),
    to: inputMoment(shown.end_ms, time.zone),
  });
  const interval = resolveRange(ends, now_ms, time.zone);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (interval !== null) choose(absolute(interval.start_ms, interval.end_ms));
  };
  const field = (name: "from" | "to", label: string) => (
    <label className="label grid min-w-0 flex-[1_0_176px] gap-1">
      {label}
      <input
        className="input num"
        type="datetime-local"
        step={1}
        value={ends[name]}
        aria-invalid={interval === null}
        onChange={(event) => setEnds({ ...ends, [name]: event.target.value })}
      />
    </label>
  );
  return (
    <form onSubmit={submit} className="mt-2 flex flex-wrap items-end gap-2">
      {field("from", "From")}
      {field("to", "To")}
      <button type="submit" className="btn" disabled={interval === null} aria-label="Apply from and to">
        Apply
      </button>
    </form>
  );
}

function RangeLists({ time, now_ms, choose }: PartProps) {
  const session = useSession();
  const recent = useSyncExternalStore(session.recentRanges.watch, session.recentRanges.read);
  const ranges = recent.map((text) => parseRange(text, now_ms, time.zone)).filter((range) => range !== null);
  const item = (range: TimeRange) => (
    <button
      key={`${range.from} ${range.to}`}
      type="button"
      className="menu-item num"
      aria-current={range.from === time.range.from && range.to === time.range.to}
      onClick={() => choose(range)}
    >
      {describeRange(range, now_ms, time.zone)}
    </button>
  );
  return (
    <div className="mt-3 grid max-h-[264px] grid-cols-2 gap-3 overflow-auto">
      <div>
        <p className="label px-[10px] pb-1">Quick</p>
        {QUICK_RANGES.map(item)}
      </div>
      <div className="min-w-0">
        <p className="label px-[10px] pb-1">Days</p>
        {NAMED_RANGES.map((entry) => item(entry.range))}
        {ranges.length === 0 ? null : <p className="label px-[10px] pt-3 pb-1">Recent</p>}
        {ranges.map(item)}
      </div>
    </div>
  );
}

function Settings({ time }: { time: Time }) {
  return (
    <div className="mt-3 grid gap-2 border-t border-line-subtle pt-3">
      <div className="flex items-center justify-between gap-3">
        <span className="label">Time zone</span>
        <Segmented
          label="Time zone"
          small
          value={time.zone}
          choices={time.zones.map((value) => ({ value, label: ZONE_LABELS[value] ?? value }))}
          onChange={(zone) => time.setZone(zone)}
        />
      </div>
    </div>
  );
}
