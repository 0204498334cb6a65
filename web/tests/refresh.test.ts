import { describe, expect, it } from "vitest";
import type { Going } from "../src/data/refresh";
import { REFRESH_CHOICES, goingOf, paceOf, tellGoing, untilNext } from "../src/data/refresh";
import { holdWhileHidden } from "../src/queries/whileHidden";

describe("how often is asked", () => {
  it("is as chosen, never more often than points appear", () => {
    expect(REFRESH_CHOICES.map((one) => paceOf(one, 1000))).toEqual([
      1000, 0, 1000, 5000, 10_000, 30_000, 60_000, 300_000,
    ]);
    expect(["auto", "1", "60"].map((one) => paceOf(one, 30_000))).toEqual([30_000, 30_000, 60_000]);
  });
  it("counts down to the next multiple of the pace, where that is worth counting", () => {
    expect([0, 1, 4999].map((now_ms) => untilNext(5000, now_ms))).toEqual([5000, 4999, 1]);
    expect([0, 1000].map((pace_ms) => untilNext(pace_ms, 123))).toEqual([null, null]);
  });
});

describe("whether it goes on", () => {
  it.each<[string | null, boolean, Going]>([
    [null, false, "play"],
    [null, true, "pause"],
    ["0", false, "pause"],
    ["1", true, "play"],
    ["always", true, "force"],
    ["nonsense", true, "pause"],
  ])("live=%s where it opens paused=%s", (told, opens, going) => expect(goingOf(told, opens)).toBe(going));
  it("says nothing that is so anyway, and reads what it says", () => {
    for (const opens of [false, true]) {
      for (const going of ["play", "pause", "force"] as const) {
        expect(goingOf(tellGoing(going, opens), opens)).toBe(going);
      }
    }
    expect([tellGoing("play", false), tellGoing("pause", true)]).toEqual([null, null]);
  });
});

describe("a hidden tab", () => {
  const page = () => Object.assign(new EventTarget(), { hidden: false });
  const seen = (search: string, interval: { start_ms: number; end_ms: number } | null = null) => {
    const [tab, deeds]: [ReturnType<typeof page>, string[]] = [page(), []];
    const live = { hold: () => deeds.push("hold"), resume: () => deeds.push("resume") };
    const session = { live, freeze: { interval }, location: { params: new URLSearchParams(search) } };
    const end = holdWhileHidden(tab, session as unknown as Parameters<typeof holdWhileHidden>[1]);
    const turn = (hidden: boolean): void => {
      tab.hidden = hidden;
      tab.dispatchEvent(new Event("visibilitychange"));
    };
    return { deeds, turn, end };
  };
  it("hangs up, and takes up again when it is seen", () => {
    const { deeds, turn, end } = seen("");
    turn(true);
    turn(false);
    expect(deeds).toEqual(["hold", "resume"]);
    end();
    turn(true);
    expect(deeds).toHaveLength(2);
  });
  it("goes on where that is forced", () => {
    const { deeds, turn } = seen("live=always");
    turn(true);
    expect(deeds).toEqual([]);
  });
  it("stays still when it was paused", () => {
    const { deeds, turn } = seen("live=0", { start_ms: 0, end_ms: 1 });
    turn(true);
    turn(false);
    expect(deeds).toEqual(["hold"]);
  });
});
