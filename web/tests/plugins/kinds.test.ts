import { describe, expect, it } from "vitest";
import { DEFAULT_FORMAT } from "../../src/data/fieldFormat";
import type { OptionSchema, WidgetData } from "../../src/widgets/plugin";
import type { PluginEntry } from "../../src/widgets/plugins/kinds";
import { pluginKind, pluginName } from "../../src/widgets/plugins/kinds";
import { sentData, sentOptions } from "../../src/widgets/plugins/sent";
import { pluginShelf } from "../../src/widgets/plugins/shelf";
import { widgetKind, widgetKinds } from "../../src/widgets/registry";

const SCHEMA: OptionSchema = {
  type: "object",
  properties: {
    how: { type: "string", title: "How", enum: ["a", "b"] },
    most: { type: "integer", title: "Most", minimum: 1, default: 5 },
    names: { type: "array", title: "Names", items: { type: "string" } },
    on: { type: "boolean", title: "On" },
  },
};

function entry(name: string, digest: string, more: Partial<PluginEntry> = {}): PluginEntry {
  return {
    ...{ name, title: name, version: "1", description: "Of others.", category: "status", needs: "", mode: "range" },
    ...{ live: true, cache_ms: 0, size: { w: 6, h: 6, minW: 1, minH: 1 }, schema: SCHEMA, defaults: { most: 7 } },
    sample: { step_ms: 1000, series: [{ labels: { host: "a" }, values: [1, null] }, { labels: { host: "b" }, values: [2, 3] }] }, // prettier-ignore
    ...{ digest, frame: `/plugins/${name}/${digest}/frame.html`, icon: `/plugins/${name}/${digest}/icon.svg` },
    is_pinned: true,
    ...more,
  };
}

describe("a kind of widget that is a plugin", () => {
  it("has a name that none of the page's own can have, defaults for every option, and made-up data", () => {
    const kind = pluginKind(entry("comb", "1"));
    expect([kind.kind, pluginName(kind.kind), pluginName("line")]).toEqual(["plugin:comb", "comb", null]);
    expect(kind.defaults).toEqual({ how: "a", most: 7, names: [], on: false });
    const { times, series } = kind.sample();
    expect(times.length).toBe(2);
    expect(series.map((one) => [one.name, ...one.values])).toEqual([
      ["a", 1, NaN],
      ["b", 2, 3],
    ]);
    expect(pluginKind(entry("comb", "1", { is_pinned: false })).description).toContain("In development");
  });
});

describe("the shelf", () => {
  it("keeps a kind while its content is the same, and tells who watches when something has changed", () => {
    let changes = 0;
    const stop = pluginShelf.watch(() => (changes += 1));
    expect(pluginShelf.read().known).toBe(false);
    const own = widgetKinds().length;
    pluginShelf.put([entry("comb", "1"), entry("other", "1")], []);
    const [before] = pluginShelf.read().kinds;
    pluginShelf.put([entry("comb", "1"), entry("other", "1")], []);
    expect([changes, pluginShelf.read().kinds[0] === before]).toEqual([1, true]);
    expect([widgetKinds().length - own, widgetKind("plugin:comb")]).toEqual([2, before]);
    pluginShelf.put([entry("comb", "2")], [{ name: "other", error: "why" }]);
    expect([changes, widgetKind("plugin:comb") === before, widgetKind("plugin:other")]).toEqual([2, false, null]);
    expect(pluginShelf.read().refused).toEqual([{ name: "other", error: "why" }]);
    stop();
    pluginShelf.put([], []);
    expect([changes, widgetKinds().length]).toEqual([2, own]);
  });
});

describe("what is sent", () => {
  it("has every option of the schema, the default's where one does not fit, and no other", () => {
    const given = { how: "c", most: 0, names: ["x"], extra: 1, on: true };
    expect(sentOptions(given, { how: "a", most: 5 }, SCHEMA)).toEqual({ how: "a", most: 5, names: ["x"], on: true });
  });

  it("is a copy, handed over with its columns, with the category that a series has everywhere", () => {
    const values = Float64Array.of(1, 2);
    const series = { key: "k", ref: "A", name: "n", labels: { a: "b" }, values, low: values, format: DEFAULT_FORMAT };
    const data: WidgetData = {
      ...{ status: "ready", frame: { times: Float64Array.of(0, 1), step_ms: 1, series: [series] }, version: 3 },
      ...{ window: { start_ms: 0, end_ms: 1 }, now_ms: 1, live: false, stale_ms: null, marks: [] },
    };
    const { data: sent, transfer } = sentData(data);
    expect(transfer.length).toBe(3);
    expect(structuredClone(sent, { transfer }).series[0]).toMatchObject({
      key: "k",
      labels: { a: "b" },
      isPast: false,
    });
    expect(values.length).toBe(2);
    expect(sent.series[0]?.category).toBeGreaterThanOrEqual(1);
    expect("high" in (sent.series[0] ?? {})).toBe(false);
  });
});
