import { describe, expect, it } from "vitest";
import { countWords, filterOf, isTriedAgain, lookOf, reasonWords, wayWords } from "../../src/pages/alerts/log/entry";

describe("a line of the log", () => {
  it("says its state in a word, and what nobody knows as it is", () => {
    expect(lookOf("dead")).toEqual({ status: "crit", word: "Not delivered" });
    expect(lookOf("from tomorrow").word).toBe("Waiting");
    expect([reasonWords("escalation"), reasonWords("other")]).toEqual(["nobody acknowledged", "other"]);
    expect(wayWords({ contact_point: "ops", type: "email" })).toBe("ops (e-mail)");
    expect([countWords(2, 1), countWords(1, 0), countWords(0, 0)]).toEqual(["2 fire, 1 over", "1 fires", "none"]);
  });

  it("is tried again only while it waits after a failure", () => {
    expect(isTriedAgain({ status: "waiting", attempts: 1 })).toBe(true);
    expect(isTriedAgain({ status: "waiting", attempts: 0 })).toBe(false);
    expect(isTriedAgain({ status: "dead", attempts: 9 })).toBe(false);
  });

  it("is filtered by the address, which may say anything", () => {
    expect(filterOf(new URLSearchParams("status=dead&group=abc"))).toEqual({ status: "dead", group: "abc" });
    expect(filterOf(new URLSearchParams("status=lost"))).toEqual({ status: null, group: "" });
  });
});
