import { describe, expect, it } from "vitest";
import { csvCell, csvText } from "../src/data/csv";
import type { FieldFormat, ValueMapping } from "../src/data/fieldFormat";
import { DEFAULT_FORMAT, fieldText, paletteToken, thresholdOf, writeField } from "../src/data/fieldFormat";
import { format, scale } from "../src/data/format";
import { zoneOffsetMs } from "../src/data/timeRange";

const field = (more: Partial<FieldFormat>): FieldFormat => ({ ...DEFAULT_FORMAT, ...more });
const mapping = (more: Partial<ValueMapping>): ValueMapping => ({
  kind: "value",
  value: "",
  start: null,
  end: null,
  text: "",
  status: "none",
  color: "",
  ...more,
});
const threshold = (value: number | null, status: "ok" | "warn" | "crit") => ({ value, status, color: "", label: "" });

describe("units", () => {
  it("scale with their own prefixes, and free texts stand behind the number", () => {
    const said = [format(0.345, "ratio"), format(2.5e6, "bits/s"), format(12, "widgets"), format(250, "us")];
    expect(said.map((one) => one.replaceAll("\u2009", " "))).toEqual([
      "34.5 %",
      "2.50 Mbit/s",
      "12.0 widgets",
      "250 µs",
    ]);
    expect(format(90_061, "duration").replaceAll("\u2009", "")).toBe("1d 1h");
    expect(format(1_700_000_000, "date")).toBe("2023-11-14 22:13:20Z");
  });
  it("keep the decimals that are asked for, grouped before the point only", () => {
    expect(scale(1234.56789, "number", 1, 4).text).toBe("1\u2009234.5679");
    expect(writeField(3.14159, field({ decimals: 1, unit: "s" }))).toBe("3.1\u2009s");
  });
});

describe("thresholds and mappings", () => {
  it("hold from their value on, whatever order they are in; nothing holds for no value", () => {
    const all = [threshold(90, "crit"), threshold(null, "ok"), threshold(70, "warn")];
    expect([-5, 70, 89.9, 90].map((value) => thresholdOf(value, all)?.status)).toEqual(["ok", "warn", "warn", "crit"]);
    expect(thresholdOf(NaN, all)).toBeNull();
  });
  it("show a value as a word, by value, range, expression or for what is missing", () => {
    const all = [
      mapping({ value: "1", text: "up", status: "ok" }),
      mapping({ kind: "range", start: 10, end: 20, text: "teens" }),
      mapping({ kind: "regex", value: "^4\\d\\d$", text: "client" }),
      mapping({ kind: "special", value: "null", text: "silent" }),
    ];
    const shown = [1, 15, 404, NaN, 7].map((value) => writeField(value, field({ mappings: all })));
    expect(shown).toEqual(["up", "teens", "client", "silent", "7.00"]);
    expect(fieldText(1, field({ mappings: all })).status).toBe("ok");
  });
  it("an expression that cannot be read matches nothing", () => {
    expect(writeField(1, field({ mappings: [mapping({ kind: "regex", value: "(", text: "x" })] }))).toBe("1.00");
  });
  it("colours are names of the palette; CSS of an imported document is none", () => {
    expect([paletteToken("s3"), paletteToken("crit"), paletteToken("s13"), paletteToken("red;x:url(//a)")]).toEqual([
      "s3",
      "crit",
      null,
      null,
    ]);
  });
});

describe("CSV", () => {
  it("keeps formulas from running, and numbers numbers", () => {
    expect(["=1+1", "+a", "-a", "@x", "\tx", "  =x"].map((one) => csvCell(one)[0])).toEqual([
      "'",
      "'",
      "'",
      "'",
      "'",
      "'",
    ]);
    expect([csvCell(-5), csvCell(NaN), csvCell("plain")]).toEqual(["-5", "", "plain"]);
  });
  it("quotes what has separators, quotation marks or line ends in it", () => {
    expect(csvText([["a,b", 'say "x"', "two\nlines"]])).toBe('"a,b","say ""x""","two\nlines"\r\n');
  });
});

describe("zones", () => {
  it("of the IANA database know their offset at a moment; unknown ones are the browser's", () => {
    expect(zoneOffsetMs("Asia/Kolkata", 0)).toBe(19_800_000);
    expect(zoneOffsetMs("America/New_York", Date.UTC(2026, 0, 1))).toBe(-18_000_000);
    expect(zoneOffsetMs("America/New_York", Date.UTC(2026, 6, 1))).toBe(-14_400_000);
    expect(zoneOffsetMs("No/Where", 0)).toBe(zoneOffsetMs("browser", 0));
  });
});
