/** What the forms of the editor offer. */

import type { Status } from "../document";

export const UNIT_GROUPS: readonly { value: string; label: string }[] = [
  { value: "", label: "By the query" },
  { value: "number", label: "Number" },
  { value: "percent", label: "Percent, 0 to 100" },
  { value: "ratio", label: "Percent, 0 to 1" },
  { value: "/s", label: "A second" },
  { value: "bytes", label: "Bytes" },
  { value: "bytes/s", label: "Bytes a second" },
  { value: "bits", label: "Bits" },
  { value: "bits/s", label: "Bits a second" },
  { value: "s", label: "Time, s" },
  { value: "ms", label: "Time, ms" },
  { value: "us", label: "Time, µs" },
  { value: "ns", label: "Time, ns" },
  { value: "duration", label: "Duration" },
  { value: "date", label: "Date and time" },
  { value: "load", label: "Load" },
  { value: "Hz", label: "Hertz" },
  { value: "W", label: "Watts" },
  { value: "Wh", label: "Watt hours" },
  { value: "V", label: "Volts" },
  { value: "A", label: "Amperes" },
  { value: "°C", label: "Degrees Celsius" },
];

export const SCALES = [
  { value: "linear", label: "Linear" },
  { value: "log", label: "Log" },
  { value: "symlog", label: "Log around 0" },
] as const;

const NAMES = ["Blue", "Orange", "Teal", "Wine", "Sky", "Olive", "Purple", "Rust", "Sage", "Slate", "Rose", "Lilac"];
export const PALETTE: readonly { value: string; label: string }[] = NAMES.map((label, at) => ({
  value: `s${at + 1}`,
  label,
}));

export const COLOURS: readonly { value: string; label: string }[] = [
  { value: "auto", label: "By the series" },
  { value: "thresholds", label: "By thresholds" },
  ...PALETTE,
];

export const STATUSES: readonly { value: Status; label: string }[] = [
  { value: "none", label: "No status" },
  { value: "ok", label: "Ok" },
  { value: "info", label: "Info" },
  { value: "warn", label: "Warning" },
  { value: "crit", label: "Critical" },
];
