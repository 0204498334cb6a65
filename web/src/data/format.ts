/** Numbers as the page writes them: U+2009 before prefixes and in thousands, unit apart so that it can be small. */

export type Unit = "number" | "percent" | "bytes" | "bytes/s" | "/s" | "s" | "ms" | "load";

export interface Scaled {
  text: string;
  unit: string;
}

const THIN = "\u2009";
const SI: [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
const IEC: [number, string][] = [
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

/** Three significant digits, no exponent for everyday sizes. */
export function digits(value: number, significant = 3): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-4) return value.toExponential(1);
  if (size >= 1000) return grouped(Math.round(value));
  // rounded first: 0.9996 has three digits as 1.00, not as 1.000
  const rounded = Number(value.toPrecision(significant));
  const decimals = Math.max(0, Math.min(6, significant - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  return rounded.toFixed(decimals);
}

export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** A value with the prefix that fits `reference` (its own size when not given), so that a column can share one. */
export function scale(value: number, unit: Unit, reference: number = value): Scaled {
  if (!Number.isFinite(value)) return { text: Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf", unit: "" };
  const size = Math.abs(reference);
  switch (unit) {
    case "percent":
      return { text: Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1), unit: "%" };
    case "load":
      return { text: value.toFixed(2), unit: "" };
    case "bytes": {
      const [divisor, name] = IEC.find(([limit]) => size >= limit) ?? [1, "B"];
      return { text: digits(value / divisor), unit: name };
    }
    case "bytes/s": {
      const [divisor, prefix] = SI.find(([limit]) => size >= limit) ?? [1, ""];
      return { text: digits(value / divisor), unit: `${prefix === "k" ? "k" : prefix}B/s` };
    }
    case "s":
      return scaleSeconds(value, size);
    case "ms":
      return scaleSeconds(value / 1000, size / 1000);
    case "number":
    case "/s": {
      const suffix = unit === "/s" ? "/s" : "";
      if (size < 10_000) return { text: digits(value), unit: suffix };
      const [divisor, prefix] = SI.find(([limit]) => size >= limit) ?? [1, ""];
      return { text: digits(value / divisor), unit: `${prefix}${suffix}` };
    }
  }
}

function scaleSeconds(value: number, size: number): Scaled {
  if (size >= 1 || size === 0) return { text: digits(value), unit: "s" };
  if (size >= 1e-3) return { text: digits(value * 1e3), unit: "ms" };
  return { text: digits(value * 1e6), unit: "µs" };
}

/** One text: "12.9 k", "18.4 GiB", "34.0 %". */
export function format(value: number, unit: Unit = "number"): string {
  const scaled = scale(value, unit);
  return scaled.unit === "" ? scaled.text : `${scaled.text}${THIN}${scaled.unit}`;
}

export function formatCount(count: number): string {
  return count < 1e6 ? grouped(Math.round(count)) : format(count);
}
