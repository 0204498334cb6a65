import { describe, expect, it } from "vitest";
import { KeyMatcher, fuzzy, pressName } from "../src/data/commands";
import type { Command } from "../src/data/commands";
import { format, scale } from "../src/data/format";
import { displayName, identity, selectorText, varyingLabels } from "../src/data/labels";
import { mergeViews } from "../src/data/merge";
import { plainMessage } from "../src/data/message";
import { summarise } from "../src/data/summary";
import { unitOf } from "../src/data/units";
import type { Address, Changes } from "../src/data/location";
import { PaneAddress } from "../src/data/location";
import {
  RIGHT,
  hiddenWithout,
  linkToggled,
  readState,
  sharedParams,
  splitClosed,
  splitOpened,
  writeState,
} from "../src/pages/explore/exploreState";
import { emptyDashboard } from "../src/dashboards/document";
import { titleOf, withWidget } from "../src/pages/explore/toWidget";
import { filesystems } from "../src/pages/host/latest";
import { questions } from "../src/pages/host/questions";
import { lineAndColumn, rangeFix, visibleSpan } from "../src/promql/problems";

describe("state in the URL", () => {
  it("comes back as it was written", () => {
    const params = new URLSearchParams();
    const state = { queries: ["up", 'x{a="b&c"}'], hidden: ["B"], view: "table", tab: "curl" } as const;
    for (const [name, value] of Object.entries(writeState(state))) {
      for (const one of typeof value === "string" ? [value] : (value ?? [])) params.append(name, one);
    }
    expect(readState(new URLSearchParams(params.toString()))).toEqual(state);
  });
  it("has defaults for anything unknown, and a bound on queries", () => {
    const many = new URLSearchParams(Array.from({ length: 99 }, () => ["q", "up"]));
    expect(readState(new URLSearchParams("view=3d&tab=x&hide=!"))).toEqual({
      queries: [""],
      hidden: [],
      view: "lines",
      tab: "stats",
    });
    expect(readState(many).queries.length).toBe(10);
  });
  it("keeps the right queries hidden when one before them goes", () => {
    expect(hiddenWithout(["A", "C"], 1)).toEqual(["A", "B"]);
    expect(hiddenWithout(["B"], 1)).toEqual([]);
  });
});

class FakeAddress implements Address {
  params: URLSearchParams;
  readonly path = "/explore";
  constructor(search: string) {
    this.params = new URLSearchParams(search);
  }
  get search(): string {
    return `?${this.params}`;
  }
  readonly read = (): string => this.path + this.search;
  readonly watch = () => () => undefined;
  readonly go = (): void => undefined;
  readonly open = (): void => undefined;
  readonly guarded = () => () => undefined;
  readonly change = (changes: Changes): void => {
    for (const [name, value] of Object.entries(changes)) {
      this.params.delete(name);
      for (const one of typeof value === "string" ? [value] : (value ?? [])) this.params.append(name, one);
    }
  };
}

describe("two panes in one address", () => {
  const pane = (whole: Address): PaneAddress => new PaneAddress(whole, RIGHT, sharedParams);

  it("share the range while they are linked, and their questions never", () => {
    const whole = new FakeAddress("q=up&from=now-1h&split=1&right.q=down&right.from=now-9m");
    expect(pane(whole).read()).toBe("/explore?from=now-1h&q=down");
    pane(whole).change({ from: "now-2h", q: ["a", "b"], live: "0" }, "push");
    expect(whole.params.get("from")).toBe("now-2h");
    expect(whole.params.getAll("right.q")).toEqual(["a", "b"]);
    expect(whole.params.get("q")).toBe("up");
    expect(whole.params.get("live")).toBe("0");
  });
  it("part with the range as it is, and give it up when linked again", () => {
    const whole = new FakeAddress("q=up&from=now-1h&to=now&split=1&right.q=down");
    whole.change(linkToggled(whole.params));
    pane(whole).change({ from: "now-5m" }, "push");
    expect(whole.params.get("from")).toBe("now-1h");
    expect(pane(whole).params.get("from")).toBe("now-5m");
    whole.change(linkToggled(whole.params));
    expect(pane(whole).params.get("from")).toBe("now-1h");
    expect(whole.params.has("right.from")).toBe(false);
  });
  it("begin alike, and closing leaves nothing of the second", () => {
    const whole = new FakeAddress("q=up&view=heat");
    whole.change(splitOpened(readState(whole.params)));
    expect(readState(pane(whole).params)).toMatchObject({ queries: ["up"], view: "heat" });
    pane(whole).change({ hide: "A" }, "replace");
    whole.change(splitClosed(whole.params));
    expect(whole.params.toString()).toBe("q=up&view=heat");
  });
});

describe("labels", () => {
  it("have an identity that no value can imitate", () => {
    expect(identity({ a: "1,b=1:2" })).not.toBe(identity({ a: "1", b: "2" }));
    expect(identity({ a: "1", b: "2" })).toBe(identity({ b: "2", a: "1" }));
  });
  it("are named by what tells them apart", () => {
    const sets = [
      { job: "x", mode: "user" },
      { job: "x", mode: "idle" },
    ];
    const varying = varyingLabels(sets);
    expect(varying).toEqual(["mode"]);
    expect(sets.map((labels) => displayName(labels, varying))).toEqual(["user", "idle"]);
  });
  it("print as a selector", () => {
    expect(selectorText({ __name__: "up", b: '"', a: "1" })).toBe('up{a="1", b="\\""}');
    expect(selectorText({ __name__: "up" })).toBe("up");
  });
});

describe("numbers", () => {
  it("carry their unit apart", () => {
    expect(scale(19_756_849_561, "bytes")).toEqual({ text: "18.4", unit: "GiB" });
    expect(format(41_800_000, "bytes/s")).toBe("41.8\u2009MB/s");
    expect(format(12_940, "/s")).toBe("12.9\u2009k/s");
    expect(format(0.0443, "s")).toBe("44.3\u2009ms");
    expect(format(1_300_000)).toBe("1.30\u2009M");
    expect(format(NaN)).toBe("NaN");
    expect([0.9996, 1234.5, 0.00226].map((value) => format(value))).toEqual(["1.00", "1\u2009235", "0.00226"]);
  });
  it("get their unit from the query where it is clear, else none", () => {
    expect(unitOf(["rate(node_network_receive_bytes_total[1m])"])).toBe("bytes/s");
    expect(unitOf(["node_memory_MemFree_bytes"])).toBe("bytes");
    expect(unitOf(["sum(rate(http_requests_total[1m]))"])).toBe("/s");
    expect(unitOf(["rate(node_cpu_seconds_total[1m])"])).toBe("number");
    expect(unitOf(["a_bytes / b_bytes"])).toBe("number");
    expect(unitOf(["a_bytes", "rate(b_total[1m])"])).toBe("number");
  });
});

describe("several answers", () => {
  it("share one time column", () => {
    const one = {
      step_ms: 1000,
      times_ms: Float64Array.from([1, 2]),
      series: [{ key: "k", labels: {}, values: Float64Array.from([1, 2]) }],
    };
    const two = {
      step_ms: 1000,
      times_ms: Float64Array.from([2, 3]),
      series: [{ key: "k", labels: {}, values: Float64Array.from([5, 6]) }],
    };
    const merged = mergeViews([
      { prefix: "A ", view: one },
      { prefix: "B ", view: two },
    ]);
    expect(Array.from(merged.times_ms)).toEqual([1, 2, 3]);
    expect(merged.series.map(({ key, values }) => [key, Array.from(values)])).toEqual([
      ["A k", [1, 2, NaN]],
      ["B k", [NaN, 5, 6]],
    ]);
  });
  it("are summed up inside the window only", () => {
    const times = Float64Array.from([1, 2, 3, 4]);
    expect(summarise(times, Float64Array.from([100, 2, 4, NaN]), 2, 4)).toEqual({ min: 2, avg: 3, max: 4, last: 4 });
  });
});

describe("problems", () => {
  it("are placed by line and column", () => {
    expect(lineAndColumn("sum(\n  rate(x))", 7)).toBe("2:3");
    expect(plainMessage('invalid parameter "query": 1:9: parse error: unclosed left parenthesis')).toBe(
      "unclosed left parenthesis",
    );
  });
  it("always have a character to underline", () => {
    expect(visibleSpan("rate(x", 6, 6)).toEqual({ from: 5, to: 6 });
    expect(visibleSpan("x", -1, -1)).toEqual({ from: 0, to: 1 });
    expect(visibleSpan("abc", 1, 99)).toEqual({ from: 1, to: 3 });
    expect(visibleSpan('{a="\u{1F600}"} x', 8, 9)).toEqual({ from: 9, to: 10 });
  });
});

describe("keys", () => {
  const ran: string[] = [];
  const command = (id: string, keys: string): Command => ({
    id,
    title: id,
    group: "Go",
    keys,
    run: () => ran.push(id),
  });
  const commands = [command("host", "g h"), command("palette", "mod+k"), command("pause", "space")];
  it("match one press or two in a row", () => {
    const matcher = new KeyMatcher();
    const press = (key: string, mod = false, at_ms = 0) => matcher.match({ key, mod, alt: false }, commands, at_ms);
    expect(press("g").started).toBe(true);
    expect(press("h", false, 500).command?.id).toBe("host");
    expect(press("h", false, 600).command).toBeNull();
    expect(press("k", true).command?.id).toBe("palette");
    expect(press(" ").command?.id).toBe("pause");
  });
  it("forget the first press after a while", () => {
    const matcher = new KeyMatcher();
    matcher.match({ key: "g", mod: false, alt: false }, commands, 0);
    expect(matcher.match({ key: "h", mod: false, alt: false }, commands, 5000).command).toBeNull();
  });
  it("are named as people write them", () => {
    expect(pressName({ key: "ArrowLeft", mod: false, alt: false })).toBe("left");
    expect(fuzzy("lo no", "node_load1")).toBe(true);
  });
});

describe("host", () => {
  it("asks with windows that reach over a step", () => {
    expect(questions(1000).network.promql).toContain("[4s]");
    expect(questions(60_000).network.promql).toContain("[61s]");
  });
  it("lists each disk once, fullest first", () => {
    const row = (mountpoint: string, kind: string, value: number, device = "/dev/a") => ({
      labels: { __name__: `node_filesystem_${kind}_bytes`, mountpoint, device },
      value,
    });
    const rows = [
      ...[
        row("/", "size", 1e9),
        row("/", "avail", 5e8),
        row("/etc/hosts", "size", 1e9),
        row("/etc/hosts", "avail", 5e8),
      ],
      ...[row("/var", "size", 2e9, "/dev/b"), row("/var", "avail", 2e8, "/dev/b")],
    ];
    expect(filesystems(rows).map(({ mountpoint, used }) => [mountpoint, used])).toEqual([
      ["/var", 0.9],
      ["/", 0.5],
    ]);
  });
});

describe("repairs", () => {
  const wrong = (text: string, part: string) => ({
    from: text.indexOf(part),
    to: text.indexOf(part) + part.length,
    severity: "error" as const,
    message: 'expected type range vector in call to function "rate", got instant vector',
  });
  it("give a selector a window", () => {
    const text = 'sum(rate(a_total{b="}"}))';
    expect(rangeFix(text, wrong(text, 'a_total{b="}"}'))).toEqual({
      label: "Add [1m]",
      text: 'sum(rate(a_total{b="}"}[1m]))',
    });
  });
  it("make anything else a subquery", () => {
    const text = "rate(a + b)";
    expect(rangeFix(text, wrong(text, "a + b"))?.text).toBe("rate((a + b)[1m:])");
    const calls = "rate(x{a='1'} / y{b='2'})";
    expect(rangeFix(calls, wrong(calls, "x{a='1'} / y{b='2'}"))?.text).toBe("rate((x{a='1'} / y{b='2'})[1m:])");
  });
  it("are not offered for other problems", () => {
    expect(rangeFix("a +", { ...wrong("a +", "a"), message: "unexpected end of input" })).toBeNull();
  });
});

describe("what is asked becomes a widget", () => {
  const asked = { queries: ["up", "", "rate(x[1m])"], hidden: ["C"], view: "lines" as const };

  it("keeps questions with their letters and what is hidden, without empty ones", () => {
    const [widget] = withWidget(emptyDashboard(), "Both", asked).widgets;
    expect(widget?.kind).toBe("line");
    expect(widget?.title).toBe("Both");
    expect(widget?.queries.map(({ ref, text, hidden }) => [ref, text, hidden])).toEqual([
      ["A", "up", false],
      ["C", "rate(x[1m])", true],
    ]);
  });

  it("has the kind of the view, and a table asks for a moment", () => {
    const kinds = (["lines", "stacked", "heat", "table"] as const).map((view) => {
      const [widget] = withWidget(emptyDashboard(), "", { ...asked, view }).widgets;
      return [widget?.kind, widget?.queries[0]?.mode, widget?.options["stack"]];
    });
    expect(kinds).toEqual([
      ["line", "range", undefined],
      ["area", "range", "normal"],
      ["heatmap", "range", undefined],
      ["table", "instant", undefined],
    ]);
  });

  it("stands beside what is there, under an id of its own", () => {
    const twice = withWidget(withWidget(emptyDashboard(), "a", asked), "b", asked);
    expect(new Set(twice.widgets.map((one) => one.id)).size).toBe(2);
    expect(twice.widgets.map((one) => one.place.x)).toEqual([0, 6]);
  });

  it("is called as its first question, cut where it is long", () => {
    expect(titleOf(["", " sum(\n  up)"])).toBe("sum( up)");
    expect(titleOf(["x".repeat(200)])).toHaveLength(80);
  });
});
