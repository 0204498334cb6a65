import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration, promDuration } from "../src/data/duration";
import { alignInterval, chooseStep, liveInterval } from "../src/data/step";
import {
  absolute,
  describeRange,
  inputMoment,
  isZone,
  isMoving,
  parseRange,
  resolveMoment,
  resolveRange,
  shiftRange,
  writeRange,
  zoomOut,
} from "../src/data/timeRange";

const NOW = Date.UTC(2026, 10, 19, 14, 38, 12);
const parse = (text: string) => parseRange(text, NOW, "utc");

describe("durations", () => {
  it("reads what Prometheus reads, and nothing else", () => {
    expect(["90s", "1h30m", "2d", "250ms", "", "5", "5x", "m5"].map(parseDuration)).toEqual([
      90_000,
      5_400_000,
      172_800_000,
      250,
      null,
      null,
      null,
      null,
    ]);
  });
  it("writes the two largest units", () => {
    expect([460_000, 1_051_200_000, 59_000, 40].map(formatDuration)).toEqual([
      "7\u2009m 40\u2009s",
      "12\u2009d 4\u2009h",
      "59\u2009s",
      "40\u2009ms",
    ]);
  });
  it("writes a window for PromQL", () => {
    expect([4000, 120_000, 3_600_000, 1500].map(promDuration)).toEqual(["4s", "2m", "1h", "1500ms"]);
  });
});

describe("typed ranges", () => {
  it("takes spans, named days and both ends", () => {
    expect(parse("2d")).toEqual({ from: "now-2d", to: "now" });
    expect(parse("last 30m")).toEqual({ from: "now-30m", to: "now" });
    expect(parse("now-6h to now")).toEqual({ from: "now-6h", to: "now" });
    expect(parse("yesterday")).toEqual({ from: "now-1d/d", to: "now/d" });
  });
  it("takes clock times of today and full dates", () => {
    const range = parse("2026-11-19 14:18 to 14:26");
    expect(range).toEqual(absolute(Date.UTC(2026, 10, 19, 14, 18), Date.UTC(2026, 10, 19, 14, 26)));
  });
  it("refuses what has no sense", () => {
    expect(["", "soon", "now to now-1h", "5x", "2026-13-01 to now", "1 to 2 to 3"].map(parse)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
  });
  it("resolves days in the zone that is asked for", () => {
    const day = resolveRange({ from: "now-1d/d", to: "now/d" }, NOW, "utc");
    expect(day).toEqual({ start_ms: Date.UTC(2026, 10, 18), end_ms: Date.UTC(2026, 10, 19) });
  });
  it("tells moving from fixed", () => {
    expect([{ from: "now-1h", to: "now" }, { from: "now/d", to: "now" }, absolute(0, 5000)].map(isMoving)).toEqual([
      true,
      false,
      false,
    ]);
  });
  it("says a range in words", () => {
    expect(describeRange({ from: "now-30m", to: "now" }, NOW, "utc")).toBe("Last 30\u2009min");
    expect(describeRange({ from: "now-1d/d", to: "now/d" }, NOW, "utc")).toBe("Yesterday");
    expect(describeRange(absolute(NOW - 480_000, NOW), NOW, "utc")).toBe("14:30:12 to 14:38:12");
  });
});

describe("zones by name", () => {
  it("have their own clock, also on the day that clocks are changed", () => {
    const at = (text: string, zone: string): string => new Date(resolveMoment(text, NOW, zone) ?? 0).toISOString();
    expect(at("2026-07-01 12:00", "Europe/Berlin")).toBe("2026-07-01T10:00:00.000Z");
    expect(at("2026-12-01 12:00", "Europe/Berlin")).toBe("2026-12-01T11:00:00.000Z");
    expect(at("2026-03-29 03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(at("2026-03-29 01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
    expect(at("2026-07-01 12:00Z", "Europe/Berlin")).toBe("2026-07-01T12:00:00.000Z");
  });
  it("take the day that it is there", () => {
    const late = Date.UTC(2026, 10, 19, 20, 0);
    expect(new Date(resolveMoment("01:00", late, "Asia/Tokyo") ?? 0).toISOString()).toBe("2026-11-19T16:00:00.000Z");
  });
  it("are known to the browser or not", () =>
    expect(["utc", "browser", "Europe/Berlin", "Mars/Olympus", ""].map(isZone)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]));
});

describe("moving in time", () => {
  const window = { start_ms: NOW - 60_000, end_ms: NOW };
  it("shifts back to a fixed window and forward to now again", () => {
    const back = shiftRange(window, -0.5, NOW);
    expect(back).toEqual(absolute(NOW - 90_000, NOW - 30_000));
    expect(shiftRange({ start_ms: NOW - 90_000, end_ms: NOW - 30_000 }, 0.5, NOW)).toEqual({
      from: "now-60s",
      to: "now",
    });
  });
  it("zooms out around the middle, and keeps a moving range moving", () => {
    expect(zoomOut({ from: "now-1m", to: "now" }, window, NOW)).toEqual({ from: "now-120s", to: "now" });
    const fixed = zoomOut(
      absolute(1_000_000_000, 1_000_060_000),
      { start_ms: 1_000_000_000, end_ms: 1_000_060_000 },
      NOW,
    );
    expect(fixed).toEqual(absolute(999_970_000, 1_000_090_000));
  });
});

describe("steps", () => {
  it("are round and give at most about a point a pixel", () => {
    expect([60_000, 3_600_000, 86_400_000, 2_592_000_000].map((span) => chooseStep(span))).toEqual([
      1000, 5000, 120_000, 3_600_000,
    ]);
  });
  it("align windows, so that the same moments are asked again", () => {
    expect(alignInterval({ start_ms: 12_345, end_ms: 67_890 }, 5000)).toEqual({ start_ms: 10_000, end_ms: 65_000 });
  });
  it("have a live pace that is not quicker than the step", () => {
    expect([1000, 2000, 5000, 120_000].map(liveInterval)).toEqual([1000, 1000, 5000, 60_000]);
  });
});

describe("ranges as text", () => {
  it("are read as they were written", () => {
    for (const range of [
      { from: "now-6h", to: "now" },
      { from: "now-1d/d", to: "now/d" },
      absolute(NOW - 60_000, NOW),
    ]) {
      expect(parse(writeRange(range))).toEqual(range);
      expect(parseRange(writeRange(range), NOW, "browser")).toEqual(range);
    }
  });
  it("fit the calendar and come back", () => {
    expect(inputMoment(NOW, "utc")).toBe("2026-11-19T14:38:12");
    for (const zone of ["utc", "browser", "Asia/Kathmandu", "America/New_York"]) {
      expect(resolveMoment(inputMoment(NOW, zone), NOW, zone)).toBe(NOW);
    }
  });
});
