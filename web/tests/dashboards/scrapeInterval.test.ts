import { describe, expect, it } from "vitest";
import { newQuery, newWidget } from "../../src/dashboards/document";
import { planWidget } from "../../src/dashboards/data/questions";
import { firstSelector, intervalQuestion, meantInterval, rateSelector } from "../../src/dashboards/data/scrapeInterval";
import { builtins, constant, joined } from "../../src/dashboards/data/scope";

const INTERVAL = { start_ms: 0, end_ms: 600_000 };
const names = joined(new Map([["job", constant("api")]]), builtins(1000, INTERVAL));

describe("the interval of a selector", () => {
  it("is asked about the first selector, without range and offset", () => {
    expect(firstSelector('sum(rate(a{b="c"}[5m] offset 1h)) / b')).toBe('a{b="c"}');
    expect(firstSelector("1 + 2")).toBeNull();
    expect(firstSelector("sum(a")).toBeNull();
    expect(intervalQuestion("a")).toContain("count_over_time(a[5m])");
  });

  it("is asked only for queries that speak of it, with variables and filters put in", () => {
    const query = newQuery("A", 'rate(a{job="$job"}[$__rate_interval])');
    const filter = { label: "host", op: "=", value: "h" } as const;
    expect(rateSelector(query, names, [filter])).toBe('a{job="api", host="h"}');
    expect(rateSelector(newQuery("A", "rate(a[5m])"), names, [])).toBeNull();
    const waiting = new Map([...names, ["job", { ...constant("x"), pending: true }]]);
    expect(rateSelector(query, waiting, [])).toBeNull();
    expect(rateSelector({ ...query, kind: "formula" }, names, [])).toBeNull();
  });

  it("is the round one that was meant, however late single scrapes are", () => {
    expect([0.98, 1.04, 14.2, 15.9, 29, 61].map(meantInterval)).toEqual([1000, 1000, 15_000, 15_000, 30_000, 60_000]);
    expect(meantInterval(7)).toBe(7000);
    expect(meantInterval(0.25)).toBe(250);
    expect([0, NaN, Infinity, -1].map(meantInterval)).toEqual([null, null, null, null]);
  });
});

describe("the rate interval of a widget", () => {
  const widget = {
    ...newWidget("w", "line", { x: 0, y: 0, w: 6, h: 4 }),
    queries: [newQuery("A", "rate(a[$__rate_interval])"), newQuery("B", "b")],
  };
  const wish = { interval: INTERVAL, width: 1000, variables: new Map(), filters: [], envelope: false };
  const texts = (scrape_ms: number | null | undefined): string[] =>
    planWidget(widget, { ...wish, scrapeOf: () => scrape_ms }).asks.map((one) => one.promql);

  it("is four scrapes of what is asked about, or a step and one more", () => {
    expect(texts(1000)).toEqual(["rate(a[4s])", "b"]);
    expect(texts(30_000)).toEqual(["rate(a[2m])", "b"]);
    const long = { ...wish, interval: { start_ms: 0, end_ms: 86_400_000 }, scrapeOf: () => 1000 };
    const [first] = planWidget(widget, long).asks;
    expect(first?.promql).toBe(`rate(a[${(first?.step_ms ?? 0) / 1000 + 1}s])`);
  });

  it("is that of fifteen seconds where nothing is known, and waits while it is asked", () => {
    expect(texts(undefined)).toEqual(["rate(a[1m])", "b"]);
    expect(texts(null)).toEqual(["b"]);
    expect(planWidget(widget, { ...wish, scrapeOf: () => null }).waits).toBe(true);
  });
});
