import { describe, expect, it } from "vitest";
import type { AlertPeriod, LogEntry, Told } from "../../src/api/alerts";
import { numberOf, onlyAbout, watchedBy } from "../../src/pages/alerts/detail/expression";
import { metricsOf } from "../../src/data/metricsOf";
import { neighboursOf, rates, whatMoved } from "../../src/pages/alerts/detail/moved";
import { incidentAt, incidentsOf, periodsOf, storyOf, takenOf } from "../../src/pages/alerts/detail/story";

describe("what a rule compares", () => {
  it.each([
    ["cpu > 90", ["cpu"], [[">", 90]]],
    ['(rate(x{a=">1"}[5m])) >= 4 * 3600', ['rate(x{a=">1"}[5m])'], [[">=", 14400]]],
    ["5 < cpu", ["cpu"], [[">", 5]]],
    ["(a > 1) and on (job) (b < 2)", ["a"], [[">", 1]]],
    ["sum by (job) (a) > bool on (job) group_left (b * 2)", ["sum by (job) (a)", "b * 2"], []],
    ["a > 1 < 9", ["a"], [[">", 1], ["<", 9]]], // prettier-ignore
    ['absent(up{job="x"})', ['absent(up{job="x"})'], []],
    ["x == -1e3", ["x"], [["==", -1000]]],
    ["(a) / (b) > 0.5", ["(a) / (b)"], [[">", 0.5]]],
    ["abs((a) - (b)) > 2 unless (c == 1)", ["abs((a) - (b))"], [[">", 2]]],
  ])("%s", (query, series, thresholds) => {
    const found = watchedBy(query);
    expect(found.series).toEqual(series);
    expect(found.thresholds.map(({ op, value }) => [op, value])).toEqual(thresholds);
  });

  it("reads numbers only where there are some", () => {
    expect(numberOf("+Inf")).toBe(Infinity);
    expect(numberOf("100 / 4")).toBe(25);
    expect(numberOf("vector(1)")).toBeNull();
    expect(numberOf("")).toBeNull();
  });

  it("asks for the alert's own series, and leaves out what the rule added", () => {
    const labels = { alertname: "A", instance: 'x"$1', severity: "high" };
    expect(onlyAbout("cpu", labels, ["severity"])).toBe(
      '(cpu) and on (instance) label_replace(vector(1), "instance", "x\\"$$1", "", "")',
    );
    expect(onlyAbout("cpu", { alertname: "A" }, [])).toBe("cpu");
  });

  it("finds the metrics of a query", () => {
    const query = 'sum by (job, le) (rate(http_total{path="a_b"}[5m])) / on (job) group_left (team) up:ratio > 1e9';
    expect(metricsOf(query)).toEqual(["http_total", "up:ratio"]);
  });
});

describe("what moved", () => {
  const times_ms = Float64Array.from({ length: 20 }, (_, row) => row * 1000);
  const series = (name: string, values: (row: number) => number) => ({
    key: name,
    labels: { __name__: name },
    values: Float64Array.from(times_ms, (_, row) => values(row)),
  });
  const view = {
    step_ms: 1000,
    times_ms,
    series: [
      series("steady", () => 5),
      series("noisy", (row) => (row % 2) * 100),
      series("wavers", (row) => (row < 10 ? 20 + (row % 2) : 21)),
      series("jumped", (row) => (row < 10 ? 1 + (row % 2) * 0.1 : 9)),
      series("sent_total", (row) => (row < 10 ? row : 10 + (row - 10) * 7)),
      series("watched", (row) => row),
    ],
  };

  it("names what is far from where it was, the farthest first, and not what the rule reads", () => {
    const found = whatMoved(view, { start_ms: 10_000, end_ms: 20_000, others: [] }, ["watched"], 5);
    expect(found.map((one) => one.name)).toEqual(["jumped", "sent_total"]);
    expect(found[1]?.isRate).toBe(true);
  });

  it("compares with quiet times: what was while the alert was open before is not usual", () => {
    const twice = { ...view, series: [series("again", (row) => (row < 5 || row >= 10 ? 9 : 1))] };
    const event = { start_ms: 10_000, end_ms: 20_000 };
    expect(whatMoved(twice, { ...event, others: [] }, [], 5)).toEqual([]);
    const [found] = whatMoved(twice, { ...event, others: [{ start_ms: 0, end_ms: 4999 }] }, [], 5);
    expect(found).toMatchObject({ name: "again", before: 1, during: 9 });
  });

  it("takes a counter's reset as a start from nothing", () => {
    expect([...rates(Float64Array.of(5, 8, 2), 1000)]).toEqual([NaN, 3, 2]);
  });

  it("asks for the narrowest place that the labels name", () => {
    expect(neighboursOf({ alertname: "A", job: "api", instance: "a:1" })?.promql).toContain(
      'instance="a:1", job="api"',
    );
    expect(neighboursOf({ alertname: "A", cluster: "eu" })?.place).toBe("cluster eu");
    expect(neighboursOf({ alertname: "A" })).toBeNull();
  });
});

describe("the story of an alert", () => {
  const labels = { alertname: "A", instance: "x" };
  const period = (state: "pending" | "firing", start_ms: number, end_ms: number | null): AlertPeriod => ({
    labels,
    state,
    start_ms,
    end_ms,
  });
  const periods = [period("firing", 700_000, null), period("pending", 600_000, 700_000), period("firing", 0, 100_000)];

  it("is of exactly this alert, and puts what follows on each other together", () => {
    const more = [...periods, { ...period("firing", 5, 6), labels: { ...labels, job: "b" } }];
    const incidents = incidentsOf(periodsOf(labels, more));
    expect(incidents.map((one) => [one.start_ms, one.fired_ms, one.end_ms])).toEqual([
      [600_000, 700_000, null],
      [0, 0, 100_000],
    ]);
    expect(incidentAt(incidents, 90_000)?.start_ms).toBe(0);
    expect(incidentAt(incidents, null)?.start_ms).toBe(600_000);
  });

  it("tells who takes care and who was told, newest first, of the event alone", () => {
    const [incident] = incidentsOf(periods);
    if (incident === undefined) throw new Error("no event");
    const taken = [{ by: "ada", time_ms: 800_000, note: "on it" }];
    const entry = { contact_point: "ops", type: "slack", status: "dead", error: "HTTP 404", done_ms: 0, title: "A" };
    const log = [
      { ...entry, created_ms: 710_000 },
      { ...entry, created_ms: 50_000 },
    ] as LogEntry[];
    const story = storyOf(incident, taken, log);
    expect(story.map((one) => [one.what, one.time_ms])).toEqual([
      ["acknowledged", 800_000],
      ["told", 710_000],
      ["firing", 700_000],
      ["pending", 600_000],
    ]);
    expect(story[1]).toMatchObject({ text: "ops could not be told by Slack", note: "HTTP 404", status: "crit" });
  });

  it("knows from what was told who took care, once however many ways it was told", () => {
    const said = (reason: string, by: string, created_ms: number) =>
      ({ entry: { created_ms }, notification: { reason, by, note: "", created_ms } }) as unknown as Told;
    const told = [said("acknowledged", "ada", 2), said("acknowledged", "ada", 1), said("firing", "", 0)];
    expect(takenOf(told)).toEqual([{ by: "ada", note: "", time_ms: 1 }]);
  });
});
