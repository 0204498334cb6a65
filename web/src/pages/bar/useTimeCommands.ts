import { absolute, describeRange, formatMoment, parseRange, writeRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { useCommands } from "../../queries/useCommands";
import type { Time } from "../../queries/useTime";
import { copyText, pastedText } from "../../ui/copy";
import { toast } from "../../ui/Toast";

const HALF = 0.5;

/** The keys that move time, on every page that has a range. */
export function useTimeCommands(time: Time): void {
  const { clock } = useSession();
  const copy = async (): Promise<void> => {
    const text = writeRange(time.range);
    if (await copyText(text)) toast(`Copied: ${text}`);
  };
  const paste = async (): Promise<void> => {
    const text = await pastedText();
    if (text === null) return;
    const range = parseRange(text, clock.now(), time.zone);
    if (range === null) toast("What was copied is not a time range.");
    else {
      time.setRange(range);
      toast(`Pasted: ${describeRange(range, clock.now(), time.zone)}`);
    }
  };
  const makeAbsolute = (): void => {
    const { start_ms, end_ms } = time.window();
    time.setRange(absolute(start_ms, end_ms));
    toast(
      `Fixed at ${formatMoment(start_ms, time.zone, false, true)} to ${formatMoment(end_ms, time.zone, false, true)}.`,
    );
  };
  useCommands([
    { id: "time.live", title: "Back to live", group: "Time", keys: "l", run: () => time.goLive() },
    {
      id: "time.pause",
      title: time.paused ? "Go on" : "Pause",
      group: "Time",
      keys: "space",
      run: () => time.setPaused(!time.paused),
    },
    { id: "time.out", title: "Zoom out", group: "Time", keys: "t z", run: () => time.zoomOut() },
    { id: "time.back", title: "Shift back", group: "Time", keys: "t left", run: () => time.shift(-HALF) },
    { id: "time.forward", title: "Shift forward", group: "Time", keys: "t right", run: () => time.shift(HALF) },
    { id: "time.absolute", title: "Make the range absolute", group: "Time", keys: "t a", run: makeAbsolute },
    { id: "time.copy", title: "Copy the range", group: "Time", keys: "t c", run: () => void copy() },
    { id: "time.paste", title: "Paste a range", group: "Time", keys: "t v", run: () => void paste() },
  ]);
}
