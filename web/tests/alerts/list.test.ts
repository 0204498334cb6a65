import { describe, expect, it } from "vitest";
import type { AlertPeriod, AlertView, OpenAlert } from "../../src/api/alerts";
import { newSince, placeOf, ringWords } from "../../src/app/useRing";
import { barsOf, pastAlerts } from "../../src/pages/alerts/history/past";
import {
  commonLabels,
  countStates,
  filterAlerts,
  groupAlerts,
  isAcknowledgeable,
  joinAlerts,
  openedGroups,
  readFilter,
  readLabels,
} from "../../src/pages/alerts/open/alerts";
import { alertAddress } from "../../src/data/alertAddress";
import { safeAddress } from "../../src/pages/alerts/open/words";
import type { BellLine } from "../../src/queries/bell";

const open = (labels: Record<string, string>, state: OpenAlert["state"] = "firing"): OpenAlert => ({
  labels,
  annotations: { summary: `about ${labels["instance"] ?? ""}` },
  state,
  activeAt: "2026-01-01T00:00:00.000Z",
  value: "1.5e+01",
  rule: "file/group/A",
});
const told = (labels: Record<string, string>, more: Partial<AlertView> = {}): AlertView => ({
  fingerprint: Object.values(labels).join("-"),
  labels,
  annotations: {},
  starts_ms: 1000,
  ends_ms: 0,
  value: 15,
  rule: "file/group/A",
  generator_url: "",
  receivers: ["ops"],
  groups: ["g"],
  silenced_by: [],
  inhibited_by: [],
  acked_by: "",
  ack_note: "",
  acked_ms: 0,
  ack_until_ms: 0,
  ...more,
});
const A = { alertname: "A", instance: "one", severity: "high" };
const B = { alertname: "A", instance: "two", severity: "critical" };
const C = { alertname: "C", job: "x" };

describe("the list of alerts", () => {
  const all = joinAlerts(
    [open(A), open(B), open(C, "pending")],
    [told(A, { acked_by: "ada" }), told(B), told({ alertname: "Sent" }, { silenced_by: ["s"] })],
  );
  const stateOf = (name: string, instance = "") =>
    all.find((one) => one.name === name && (instance === "" || one.labels["instance"] === instance))?.state;

  it("joins what rules found with who takes care, and with what other servers sent", () => {
    expect(all).toHaveLength(4);
    expect(stateOf("A", "one")).toBe("acknowledged");
    expect(stateOf("A", "two")).toBe("firing");
    expect(stateOf("C")).toBe("pending");
    expect(stateOf("Sent")).toBe("silenced");
    expect(Object.fromEntries(countStates(all))).toEqual({ firing: 1, acknowledged: 1, pending: 1, silenced: 1 });
  });

  it("lets somebody take care only of what people are told of and nobody takes care of yet", () => {
    expect(all.filter(isAcknowledgeable).map((one) => one.name)).toEqual(["A", "Sent"]);
  });

  it("is filtered by state, severity, and words in labels and texts", () => {
    const shown = (text: string) => filterAlerts(all, readFilter(new URLSearchParams(text))).length;
    expect(shown("state=firing")).toBe(1);
    expect(shown("severity=high")).toBe(1);
    expect(shown(new URLSearchParams({ text: 'instance="one"' }).toString())).toBe(1);
    expect(shown("text=alertname%3DA")).toBe(2);
    expect(shown("text=about+two")).toBe(1);
    expect(shown("state=nonsense")).toBe(4);
  });

  it("is grouped by a label: what fires first, then the worst, then the largest group", () => {
    expect(groupAlerts(all, "alertname").map((one) => one.value)).toEqual(["A", "C", "Sent"]);
    expect(groupAlerts(all, "job").map((one) => [one.value, one.alerts.length])).toEqual([
      ["", 3],
      ["x", 1],
    ]);
    expect(groupAlerts(all, "")).toHaveLength(1);
  });

  it("shows the alerts of the first groups as long as there is room", () => {
    const groups = groupAlerts(all, "alertname");
    expect(openedGroups(groups, 300)).toBe(3);
    expect(openedGroups(groups, 3)).toBe(2);
    expect(openedGroups(groups, 0)).toBe(1);
    expect(openedGroups([], 0)).toBe(0);
  });

  it("knows what alerts have in common, and finds an alert again by its address", () => {
    expect(commonLabels([{ labels: A }, { labels: B }])).toEqual({ alertname: "A" });
    expect(commonLabels([])).toEqual({});
    const address = new URL(alertAddress(A, 5), "http://x");
    expect(readLabels(address.searchParams.get("labels"))).toEqual(A);
    expect(address.searchParams.get("began")).toBe("5");
    expect(readLabels('["a"]')).toBeNull();
    expect(readLabels("{")).toBeNull();
  });

  it("makes links of web addresses only", () => {
    expect(safeAddress("https://x.org/a")).toBe("https://x.org/a");
    expect(safeAddress("javascript:alert(1)")).toBeNull();
    expect(safeAddress("restart it")).toBeNull();
  });
});

describe("the past", () => {
  const period = (state: AlertPeriod["state"], start_ms: number, end_ms: number | null): AlertPeriod => ({
    labels: A,
    state,
    start_ms,
    end_ms,
  });
  const window = { start_ms: 1000, end_ms: 2000 };

  it("is one line for each alert, with how often and how long it fired within the time", () => {
    const [line] = pastAlerts(
      [period("firing", 1800, null), period("pending", 1700, 1800), period("firing", 0, 1100)],
      window,
    );
    expect(line).toMatchObject({ name: "A", fired: 2, firing_ms: 300, last_ms: 1800, now: "firing" });
  });

  it("is drawn within the strip, however short it was", () => {
    const bars = barsOf(
      [period("firing", 0, 1100), period("pending", 1999, 2000), period("firing", 5000, 6000)],
      window,
      100,
    );
    expect(bars).toEqual([
      { x: 0, width: 10, state: "firing" },
      { x: 98, width: 2, state: "pending" },
    ]);
  });
});

describe("the bell", () => {
  const line = (time_ms: number, title: string) =>
    ({ time_ms, title, labels: { alertname: "A" } }) as unknown as BellLine;
  const lines = [line(3, "newest"), line(2, "older"), line(1, "seen")];

  it("tells only what came since, in one sentence", () => {
    expect(newSince(lines, 1)).toHaveLength(2);
    expect(ringWords(newSince(lines, 1))).toBe("newest, and 1 more");
    expect(ringWords(newSince(lines, 2))).toBe("newest");
    expect(ringWords([])).toBe("");
  });

  it("leads to the alerts that it tells of", () => {
    expect(placeOf({ labels: { alertname: "A" } })).toBe("/alerts/open?text=alertname%3DA");
    expect(placeOf({ labels: {} })).toBe("/alerts/bell");
  });
});
