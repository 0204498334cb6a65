import { ChevronDown } from "lucide-react";
import type { Going } from "../../data/refresh";
import { REFRESH_CHOICES } from "../../data/refresh";
import type { Time } from "../../queries/useTime";
import type { MenuEntry } from "../../ui";
import { Menu } from "../../ui";

const PACES: Readonly<Record<(typeof REFRESH_CHOICES)[number], string>> = {
  auto: "Auto",
  "0": "At once",
  "1": "1 s",
  "5": "5 s",
  "10": "10 s",
  "30": "30 s",
  "60": "1 min",
  "300": "5 min",
};
const NOTES: Readonly<Record<string, string>> = { auto: "as points appear", "0": "as samples arrive" };
const STATES: readonly { value: Going; label: string; note: string }[] = [
  { value: "play", label: "Play", note: "while the tab is seen" },
  { value: "pause", label: "Pause", note: "space" },
  { value: "force", label: "Force play", note: "also while it is hidden" },
];

/** How often the page asks again, and whether it goes on. */
export function RefreshMenu({ time }: { time: Time }) {
  const { going, refresh } = time;
  const chosen = REFRESH_CHOICES.find((one) => one === refresh) ?? "auto";
  const off = going === "pause";
  const pace = (value: (typeof REFRESH_CHOICES)[number]): MenuEntry => ({
    label: PACES[value],
    note: NOTES[value],
    checked: !off && value === chosen,
    onSelect: () => {
      if (off) time.setGoing("play");
      time.setRefresh(value);
    },
  });
  const entries: MenuEntry[] = [
    { heading: "Time" },
    ...STATES.map(({ value, label, note }) => ({
      label,
      note,
      checked: going === value,
      onSelect: () => time.setGoing(value),
    })),
    "line",
    { heading: "Refresh" },
    { label: "Off", checked: off, onSelect: () => time.setGoing("pause") },
    ...REFRESH_CHOICES.map(pace),
  ];
  const word = off ? "Off" : PACES[chosen];
  return (
    <Menu
      trigger={
        <button type="button" className="live__pace" title="How often it is refreshed" aria-label={`Pace: ${word}`}>
          {chosen === "auto" || off ? null : <span className="num">{word}</span>}
          <ChevronDown className="icon icon--xs" aria-hidden />
        </button>
      }
      entries={entries}
    />
  );
}
