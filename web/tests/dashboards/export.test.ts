import { describe, expect, it } from "vitest";
import { readDashboard } from "../../src/dashboards/document";
import type { Band } from "../../src/dashboards/share/export/layout";
import { paperOf, widgetsOf } from "../../src/dashboards/share/export/layout";
import type { Table } from "../../src/dashboards/share/export/texts";
import { csvOf, htmlOf } from "../../src/dashboards/share/export/texts";
import { sampleFrame } from "../../src/widgets/kinds/schema";

const HOSTILE = `=1+1"><img src=x onerror=alert(1)></script>`;
const widget = (id: string, x: number, y: number, w: number, h: number, section = "") => ({
  id,
  kind: "line",
  section,
  place: { x, y, w, h },
});
const PAPER = { width: 1192, row: 48, gap: 8, most: 600 };
const board = (widgets: object[], sections: object[] = []) => readDashboard({ schema: 1, widgets, sections });
const idsOf = (bands: readonly Band[]): string[][] =>
  bands.map((one) => ("id" in one ? one.shown.map(({ widget: { id } }) => id) : [one.title]));

describe("a dashboard on paper", () => {
  it("keeps together what stands beside each other, and what is too high for a page apart", () => {
    const bands = paperOf(
      board([widget("a", 0, 0, 6, 4), widget("b", 6, 0, 6, 2), widget("c", 6, 2, 6, 4), widget("d", 0, 6, 12, 3)]),
      new Map(),
      PAPER,
    );
    expect(idsOf(bands)).toEqual([["a", "b", "c"], ["d"]]);
    const tall = paperOf(board([widget("a", 0, 0, 6, 20), widget("b", 6, 0, 6, 4)]), new Map(), PAPER);
    expect(idsOf(tall)).toEqual([["a"], ["b"]]);
    expect(widgetsOf(tall).map((one) => [one.top, one.height])).toEqual([
      [0, 600],
      [0, 216],
    ]);
  });
  it("has all widgets within its width, and the titles of sections, folded or not", () => {
    const bands = paperOf(
      board([widget("a", 0, 0, 12, 4), widget("b", 6, 0, 6, 4, "s")], [{ id: "s", title: "More", collapsed: true }]),
      new Map(),
      PAPER,
    );
    expect(idsOf(bands)).toEqual([["a"], ["More"], ["b"]]);
    expect(widgetsOf(bands).map((one) => one.left + one.width)).toEqual([1192, 1192]);
  });
});

describe("its data", () => {
  const frame = sampleFrame([{ labels: { job: "a" }, value: (row) => (row === 1 ? NaN : row) }]);
  const [series] = frame.series;
  const tables: Table[] = [
    {
      id: "w1",
      title: HOSTILE,
      frame: { ...frame, series: series === undefined ? [] : [{ ...series, name: HOSTILE }] },
      problem: "",
    },
    { id: "w2", title: "Empty", frame: { ...frame, series: [] }, problem: HOSTILE },
  ];
  it("are rows of one table, without values that are not there, and never formulas", () => {
    const lines = csvOf(tables, "utc", "UTC").trimEnd().split("\r\n");
    expect(lines).toHaveLength(frame.times.length);
    expect(lines[0]).toBe("widget,query,series,time (UTC),value");
    expect(lines[1]).toMatch(/^"'=1\+1""/);
  });
  it("are a page on which texts stay texts, and which may load nothing", () => {
    const page = htmlOf({ title: HOSTILE, when: "now", picture: { src: "data:,", width: 10 }, tables, zone: "utc" });
    expect(page).not.toContain("<img src=x");
    expect(page).not.toContain("<script");
    expect(page.match(/<img /g)).toHaveLength(1);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });
});
