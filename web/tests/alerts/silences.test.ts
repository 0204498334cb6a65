import { describe, expect, it } from "vitest";
import {
  conditionsOf,
  conditionsText,
  labelsText,
  readLabels,
  readMatch,
  writeMatch,
} from "../../src/pages/alerts/matchers/condition";
import { newSilence, problemOf, silenceAddress, silenceOf } from "../../src/pages/alerts/silences/silence";
import { daysOf, intervalProblem, intervalWords } from "../../src/pages/alerts/times/interval";

const NOW_MS = 1_767_225_600_500;
const BY_CLUSTER = { label: "cluster", op: "=~", value: "eu.*" } as const;

describe("conditions", () => {
  it("go through an address and back, whatever their values hold", () => {
    for (const op of ["=", "!=", "=~", "!~"] as const) {
      const condition = { label: "path", op, value: 'a=b!~"c"' };
      expect(readMatch(writeMatch(condition))).toEqual(condition);
    }
    expect(readMatch("nothing")).toBeNull();
    const address = new URL(silenceAddress([BY_CLUSTER], "shop"), "http://host");
    expect(address.searchParams.get("project")).toBe("shop");
    expect(address.searchParams.getAll("match").map(readMatch)).toEqual([BY_CLUSTER]);
  });

  it("get what documents leave out", () => {
    expect(conditionsOf([{ label: "a", value: "b" }, {}])).toEqual([
      { label: "a", op: "=", value: "b" },
      { label: "", op: "=", value: "" },
    ]);
    expect(conditionsOf("hostile")).toEqual([]);
    expect(conditionsText(conditionsOf([{ label: "a", value: 'b"c' }]))).toBe('a="b\\"c"');
  });
});

describe("labels as people type them", () => {
  it("are read with and without quotes and braces", () => {
    const found = { alertname: "DiskFull", severity: "high" };
    expect(readLabels('alertname="DiskFull", severity="high"')).toEqual(found);
    expect(readLabels("{alertname=DiskFull,severity=high}")).toEqual(found);
    expect(readLabels("alertname=DiskFull severity=high")).toEqual(found);
  });

  it("come back from what is written of them", () => {
    const labels = { alertname: "A", text: 'quote " comma, line\n brace }' };
    expect(readLabels(labelsText(labels))).toEqual(labels);
  });

  it("are refused where they make no sense", () => {
    for (const text of ["", "alertname", 'a="b', "=b", 'a="b"c']) expect(readLabels(text)).toBeNull();
  });
});

describe("a silence", () => {
  it("needs conditions that something has to fulfil", () => {
    const silence = newSilence([BY_CLUSTER], NOW_MS, "mira");
    expect(problemOf(silence, NOW_MS)).toBeNull();
    expect(problemOf({ ...silence, matchers: [] }, NOW_MS)).toContain("at least one condition");
    expect(problemOf(newSilence([], NOW_MS, ""), NOW_MS)).toContain("value that is there");
    expect(problemOf({ ...silence, matchers: [{ label: "a", op: "!=", value: "b" }] }, NOW_MS)).not.toBeNull();
    expect(problemOf({ ...silence, matchers: [{ label: "a", op: "!=", value: "" }] }, NOW_MS)).toBeNull();
    expect(problemOf({ ...silence, matchers: [BY_CLUSTER, { ...BY_CLUSTER, label: " " }] }, NOW_MS)).toContain("label");
  });

  it("needs a time that is not over", () => {
    const silence = newSilence([BY_CLUSTER], NOW_MS, "");
    expect(problemOf({ ...silence, ends_ms: Number.NaN }, NOW_MS)).toContain("a day and a time");
    expect(problemOf({ ...silence, ends_ms: silence.starts_ms }, NOW_MS)).toContain("after it starts");
    expect(problemOf(silence, silence.ends_ms + 1)).toContain("future");
  });

  it("starts and ends at whole seconds, and reads any document", () => {
    expect(newSilence([], NOW_MS, "").starts_ms).toBe(1_767_225_600_000);
    expect(silenceOf(null)).toEqual(silenceOf({ matchers: 3, recurring: "no" }));
  });
});

describe("times that come again", () => {
  it("are told in a few words", () => {
    const times = [{ start: "09:00", end: "17:00" }];
    expect(intervalWords({ weekdays: ["monday:friday"], times, location: "Europe/Berlin" })).toBe(
      "Mon to Fri, 09:00 to 17:00 (Europe/Berlin)",
    );
    expect(intervalWords({ weekdays: ["sunday", "wednesday"], months: ["may:july"] })).toBe(
      "Wed, Sun, May to July (UTC)",
    );
    expect(intervalWords({})).toBe("Always (UTC)");
  });

  it("know ranges of days in Alertmanager's week", () => {
    expect(daysOf(["sunday:tuesday"])).toEqual(["monday", "tuesday", "sunday"]);
    expect(daysOf(["no day"])).toEqual([]);
  });

  it("say what is wrong with hours", () => {
    expect(intervalProblem({ times: [{ start: "22:00", end: "06:00" }] })).toContain("two times");
    expect(intervalProblem({ times: [{ start: "9:00", end: "10:00" }] })).toContain("09:00");
    expect(intervalProblem({ times: [{ start: "00:00", end: "24:00" }] })).toBeNull();
  });
});
