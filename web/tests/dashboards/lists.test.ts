import { describe, expect, it } from "vitest";
import type { DocumentHead } from "../../src/api/documents";
import { ranked } from "../../src/data/commands";
import { emptyDashboard, newSection, newWidget } from "../../src/dashboards/document";
import { PHOTO, photograph } from "../../src/dashboards/library/shots";
import { readJson } from "../../src/dashboards/settings/json";
import { openingOf, syncOf } from "../../src/dashboards/settings/opening";
import { zoneOptions } from "../../src/dashboards/settings/zones";
import { readFile } from "../../src/pages/dashboards/import/readFile";
import type { Wish } from "../../src/pages/dashboards/list/rows";
import { rowsOf } from "../../src/pages/dashboards/list/rows";
import { destinationOf } from "../../src/pages/home/destination";

const head = (id: string, more: Partial<DocumentHead> = {}): DocumentHead => ({
  kind: "dashboard",
  id,
  project: "default",
  name: id,
  version: 1,
  tags: [],
  created_ms: 1,
  created_by: "a",
  updated_ms: 1,
  updated_by: "a",
  deleted_ms: 0,
  folder: "",
  description: "",
  ...more,
});

const ALL = [
  head("web", { folder: "f", tags: ["prod"], description: "What customers see" }),
  head("db", { folder: "gone" }),
  head("cache"),
];
const ANY: Wish = { text: "", tag: "", starred: false, folder: null };
const rows = (wish: Partial<Wish>, found: string[] = []): string[] =>
  rowsOf(
    ALL,
    new Set(["f"]),
    { ...ANY, ...wish },
    new Set(["db"]),
    found.map((id) => ({ id, name: id, folder: "", tags: [], widgets: [] })),
  ).map((one) => one.id);

describe("the list of dashboards", () => {
  it("shows what is in no folder, or in one that is gone", () => expect(rows({})).toEqual(["db", "cache"]));
  it("shows a folder alone", () => expect(rows({ folder: "f" })).toEqual(["web"]));
  it("searches in all folders, by words of name, tags and description", () => {
    expect(rows({ text: "customers WEB" })).toEqual(["web"]);
    expect(rows({ tag: "prod" })).toEqual(["web"]);
    expect(rows({ starred: true })).toEqual(["db"]);
  });
  it("shows what the server finds in titles of widgets", () => expect(rows({ text: "p99" }, ["web"])).toEqual(["web"]));
  it("searches within a folder that is open", () => expect(rows({ text: "c", folder: "f" })).toEqual(["web"]));
});

describe("a file", () => {
  const spec = { widgets: [] };
  it.each([
    ["an export", { kind: "vedette/dashboard", name: "A", spec }, [{ name: "A", spec }]],
    ["a file that is provisioned", { id: "a-1", name: "A", spec }, [{ id: "a-1", name: "A", spec }]],
    ["a template", { id: "t", title: "T", category: "x", needs: [], spec }, [{ id: "t", name: "T", spec }]],
    ["a content alone", spec, [{ name: "file", spec }]],
    ["an id that cannot be", { id: "<a>", name: "A", spec }, [{ name: "A", spec }]],
  ])("that is %s has a dashboard", (_, content, dashboards) =>
    expect(readFile(JSON.stringify(content), "file.json")).toEqual({ kind: "ours", folders: [], dashboards }),
  );
  it("may be a bundle with folders", () => {
    const bundle = {
      kind: "vedette/bundle",
      folders: [{ id: "f", name: "F", spec: {} }],
      dashboards: [{ name: "A", spec }],
    };
    expect(readFile(JSON.stringify(bundle), "x")).toEqual({
      kind: "ours",
      folders: bundle.folders,
      dashboards: bundle.dashboards,
    });
  });
  it.each([{ panels: [] }, { rows: [] }, { dashboard: { panels: [] }, meta: {} }, { __inputs: [], title: "G" }])(
    "may be one of Grafana: %j",
    (content) => expect(readFile(JSON.stringify(content), "x").kind).toBe("grafana"),
  );
  it.each(["", "{", "3", "[]", "null", "{}", '{"dashboard":3}', '{"kind":"vedette/bundle","dashboards":[]}'])(
    "that is nothing of that says so: %s",
    (content) => expect(readFile(content, "x").kind).toBe("wrong"),
  );
});

describe("the first page", () => {
  const there = [head("a"), head("b")];
  const of = (home: string, stars: string[] = [], recent: string[] = []) =>
    destinationOf({ home, stars, recent }, there);
  it("is what was chosen", () => {
    expect(of("host", ["a"])).toEqual({ show: "host" });
    expect(of("list")).toEqual({ go: "/dashboards" });
    expect(of("a")).toEqual({ go: "/d/a" });
  });
  it("is what was starred or looked at, where that is still there", () => {
    expect(of("", ["a"])).toEqual({ show: "own" });
    expect(of("", [], ["b"])).toEqual({ show: "own" });
    expect(of("gone", [], ["b"])).toEqual({ show: "own" });
    expect(of("", ["gone"], ["gone"])).toEqual({ show: "host" });
  });
});

describe("what a dashboard opens with", () => {
  it.each([
    ["live", false, "auto"],
    ["off", true, "auto"],
    ["5s", false, "5"],
    ["7s", false, "5"],
    ["1m", false, "60"],
    ["5m", false, "300"],
    ["1h", false, "300"],
    ["100ms", false, "0"],
    ["0s", false, "0"],
  ])("refresh %s", (refresh, paused, pace) =>
    expect(openingOf({ timezone: "utc", refresh })).toEqual({ zone: "utc", paused, refresh: pace }),
  );
  it("has a crosshair as the charts know it", () =>
    expect((["off", "line", "tooltip"] as const).map(syncOf)).toEqual(["off", "crosshair", "tooltip"]));
  it("may be in a zone that this browser does not know", () =>
    expect(zoneOptions("Mars/Olympus").at(-1)).toEqual({ value: "Mars/Olympus", label: "Mars/Olympus" }));
});

describe("a dashboard as JSON", () => {
  it("says where it is no JSON", () => {
    expect(() => readJson('{"tags": [}')).toThrow(/no JSON/);
    expect(() => readJson("[]")).toThrow("is an object");
  });
  it("fills in what is not said", () => expect(readJson("{}").spec).toEqual(emptyDashboard()));
});

describe("a photograph", () => {
  it("shows the beginning: no folded sections, of tabs the first, nothing below the picture", () => {
    const spec = emptyDashboard();
    const place = { x: 0, y: 0, w: 6, h: 4 };
    spec.sections = [
      { ...newSection("a", "A", "fold"), collapsed: true },
      newSection("t1", "T1", "tab"),
      newSection("t2", "T2", "tab"),
    ];
    spec.widgets = ["", "a", "t1", "t2"].map((section) => ({ ...newWidget(`w${section}`, "line", place), section }));
    spec.widgets.push({ ...newWidget("low", "line", { ...place, h: 200 }) }, newWidget("lower", "line", place));
    const { shots, heads } = photograph({ ...spec, widgets: spec.widgets.slice(0, 4) });
    expect(shots.map(({ widget }) => widget.id)).toEqual(["w", "wt1"]);
    expect(heads.map(({ title }) => title)).toEqual(["A", "T1"]);
    expect(photograph(spec).shots.every(({ y }) => y < PHOTO.height)).toBe(true);
  });
});

describe("the palette", () => {
  it("puts first what begins with the words", () => {
    const titles = ["Zoom out", "All my CPU", "CPU", "Dashboards"].map((title) => ({ title }));
    expect(ranked("cpu", titles).map(({ title }) => title)).toEqual(["CPU", "All my CPU", "Zoom out", "Dashboards"]);
    expect(ranked(" ", titles)).toEqual(titles);
  });
});
