import { describe, expect, it } from "vitest";
import { playAddress, readPlaylist, stepped } from "../src/pages/playlists/playlist";

describe("a playlist", () => {
  it("is read whatever it holds", () => {
    for (const spec of [null, 3, "x", [], { items: 3 }, { items: [null, 3, {}, { dashboard: 5 }] }]) {
      expect(readPlaylist(spec).items).toEqual([]);
    }
    const items = [{ dashboard: "a" }, { dashboard: "b", seconds: 1 }, { dashboard: "c", seconds: 10 ** 9 }];
    expect(readPlaylist({ items }).items.map((one) => one.seconds)).toEqual([30, 5, 86_400]);
  });

  it("goes around", () => {
    expect([stepped(2, 1, 3), stepped(0, -1, 3), stepped(7, 0, 3), stepped(0, 1, 0)]).toEqual([0, 2, 1, 0]);
  });

  it("shows each dashboard alone on the screen", () => {
    const items = [{ dashboard: "a/b", seconds: 5 }];
    expect(playAddress("p1", items, 0, "web")).toBe("/d/a%2Fb?project=web&kiosk=&playlist=p1&item=0");
    expect(playAddress("p1", items, 1, "")).toBe("/playlists");
    const time = { from: "now-6h", to: "now" };
    const [timed, senseless] = readPlaylist({
      items: [
        { dashboard: "a", time },
        { dashboard: "b", time: { from: 3 } },
      ],
    }).items;
    expect(playAddress("p1", timed === undefined ? [] : [timed], 0, "")).toMatch(/&from=now-6h&to=now$/);
    expect(senseless).toEqual({ dashboard: "b", seconds: 30 });
  });
});
