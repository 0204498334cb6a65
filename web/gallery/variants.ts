/** More of a kind than its sample shows: other options, hostile texts, marks, the past. */

import type { FieldFormat } from "../src/data/fieldFormat";
import { DEFAULT_FORMAT } from "../src/data/fieldFormat";
import { SAMPLE_END_MS, sampleFrame, wobble } from "../src/widgets/kinds/schema";
import type { Frame, WidgetData } from "../src/widgets/plugin";

export interface Variant {
  name: string;
  options?: Record<string, unknown>;
  frame?: () => Frame;
  data?: Partial<WidgetData>;
  /** In the picture that is kept, instead of the sample. */
  pictured?: boolean;
  /** Columns of twelve, and pixels. */
  w?: number;
  height?: number;
}

const HOSTILE = `<img src=x onerror="alert(1)"> ${"x".repeat(60)}`;
const minute = (ago: number): number => SAMPLE_END_MS - ago * 60_000;
const limits: Partial<FieldFormat> = {
  unit: "ms",
  thresholds: [
    { status: "ok", value: null, color: "", label: "" },
    { status: "warn", value: 90, color: "", label: "slow" },
    { status: "crit", value: 120, color: "", label: "SLO 120 ms" },
  ],
};

const MARKS: WidgetData["marks"] = [
  {
    time_ms: minute(44),
    end_ms: null,
    title: "search-api 2.14.0",
    text: "deployed by ci",
    kind: "annotation",
    status: "none",
  },
  {
    time_ms: minute(28),
    end_ms: null,
    title: "SearchP99High",
    text: "prod-eu-1, 227 ms",
    kind: "alert",
    status: "crit",
  },
  { time_ms: minute(20), end_ms: null, title: HOSTILE, text: "", kind: "alert", status: "warn" },
  { time_ms: minute(12), end_ms: minute(10), title: "vdb-05 sent nothing", text: "", kind: "gap", status: "none" },
];

function many(count: number): Frame {
  return sampleFrame(
    Array.from({ length: count }, (_, at) => ({
      labels: { instance: at === 1 ? HOSTILE : `vdb-${String(at + 1).padStart(2, "0")}` },
      value: (row: number) => 200 + at * 30 + 20 * wobble(row, at),
    })),
  );
}

function withPast(): Frame {
  const frame = sampleFrame([
    { labels: { job: "api" }, value: (row) => 13_000 + 600 * wobble(row, 1), format: { unit: "/s" } },
  ]);
  const [series] = frame.series;
  if (series === undefined) return frame;
  const past = {
    ...series,
    name: "1 day earlier",
    values: series.values.map((one, row) => one - 900 + 300 * wobble(row, 7)),
    isPast: true,
  };
  return { ...frame, series: [series, past] };
}

function withGap(nulls: FieldFormat["nulls"]): Frame {
  return sampleFrame([
    { labels: { nulls }, value: (row) => (row > 20 && row < 28 ? NaN : 40 + 9 * wobble(row, 5)), format: { nulls } },
  ]);
}

function services(): Frame {
  return sampleFrame(
    ["search-api", "rag-gateway", "recs-ranker"].flatMap((service, at) =>
      ["hit", "miss", "failed"].map((outcome, of) => ({
        labels: { service, outcome },
        value: () => 4000 / (at + 1) / (of * of + 1),
        format: { unit: "/s" },
      })),
    ),
  );
}

function buckets(): Frame {
  const bounds = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];
  return sampleFrame(
    // the unit is that of the bounds
    bounds.map((le, at) => ({
      labels: { le },
      value: (row) => 100 * (1 - Math.exp(-(at + 1) / 2)) + 3 * at * (1 + wobble(row, 1)),
      format: { unit: "s" },
    })),
  );
}

export const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  line: [
    {
      name: "thresholds and marks",
      frame: () =>
        sampleFrame([
          {
            labels: { q: "p99" },
            value: (row) => 84 + 9 * wobble(row, 1) + 60 * Math.exp(-(((row - 36) / 5) ** 2)),
            format: limits,
          },
        ]),
      options: { thresholds: "both" },
      data: {
        marks: [
          {
            time_ms: minute(44),
            end_ms: null,
            title: "search-api 2.14.0",
            text: "",
            kind: "annotation",
            status: "none",
          },
          { time_ms: minute(28), end_ms: minute(19), title: "firing 9 m", text: "", kind: "alert", status: "crit" },
        ],
      },
    },
    { name: "the day before", frame: withPast },
    { name: "30 series", frame: () => many(30) },
    {
      name: "logarithmic, smooth",
      options: { curve: "smooth" },
      frame: () =>
        sampleFrame(
          [1, 2, 3].map((power) => ({
            labels: { power: String(power) },
            value: (row: number) => 10 ** (power + wobble(row, power)),
            format: { scale: "log" as const },
          })),
        ),
    },
    { name: "stacked percent", options: { stack: "percent" }, frame: () => many(4) },
    {
      name: "two axes",
      frame: () =>
        sampleFrame([
          { labels: { of: "requests" }, value: (row) => 1300 + 200 * wobble(row, 1), format: { unit: "/s" } },
          {
            labels: { of: "memory" },
            value: (row) => 3.2e9 + 2e8 * wobble(row, 2),
            format: { unit: "bytes", axis: "right" },
          },
        ]),
    },
    { name: "gap", frame: () => withGap("gap"), w: 4 },
    { name: "gap connected", frame: () => withGap("connect"), w: 4 },
    { name: "gap as zero", frame: () => withGap("zero"), w: 4 },
    { name: "stale", data: { stale_ms: 9000 }, w: 4 },
  ],
  stat: [
    { name: "critical", frame: () => sampleFrame([{ labels: { a: "b" }, value: (row) => 84 + row, format: limits }]) },
    {
      name: "tile",
      options: { color: "background", note: "SLO 120 ms" },
      frame: () => sampleFrame([{ labels: { a: "b" }, value: (row) => 34 + row, format: limits }]),
    },
    { name: "several", frame: () => many(4), w: 6 },
    {
      name: "mapped",
      frame: () =>
        sampleFrame([
          {
            labels: { a: "b" },
            value: () => 0,
            format: {
              ...DEFAULT_FORMAT,
              mappings: [
                { kind: "value", value: "0", start: null, end: null, text: "down", status: "crit", color: "" },
              ],
            },
          },
        ]),
    },
  ],
  text: [
    {
      name: "hostile",
      options: {
        text: `# <script>alert(1)</script>\n\n[click](javascript:alert(1)) <b onclick="alert(1)">bold</b>\n\n| a | b |\n|---|---|\n| 1 | \`x\` |\n\n- one\n- two`,
      },
    },
  ],
  area: [
    { name: "percent, smooth", options: { stack: "percent", curve: "smooth" } },
    { name: "one, in steps", options: { stack: "none", curve: "step" }, frame: () => many(1) },
  ],
  bar: [
    { name: "stacked", options: { stack: "normal" } },
    { name: "one a series", options: { over: "series" }, frame: () => many(8) },
    { name: "vertical", options: { over: "series", direction: "vertical" }, frame: () => many(8) },
    { name: "grouped", options: { over: "series", direction: "vertical", category: "service" }, frame: services },
    { name: "stacked by service", options: { over: "series", stack: "normal", category: "service" }, frame: services },
  ],
  gauge: [
    { name: "linear", options: { shape: "line", target: 97 } },
    { name: "with target", options: { target: 97 }, w: 3 },
    { name: "several", frame: () => many(4), w: 5 },
    { name: "several, linear", options: { shape: "line" }, frame: () => many(4), w: 3 },
  ],
  table: [
    {
      name: "with sparklines",
      options: { sparkline: true, rowColor: "value", search: true, values: ["last", "avg", "max"] },
      w: 8,
    },
    { name: "pages, hostile", options: { pageSize: 5, rowColor: "row" }, frame: () => many(30) },
  ],
  "state-timeline": [
    {
      name: "values",
      frame: () =>
        sampleFrame(
          [0, 1, 2, 3].map((at) => ({
            labels: { worker: String(at) },
            value: (row: number) => (row % 17 === 3 ? NaN : Math.floor(row / (5 + at)) % 4),
          })),
        ),
    },
  ],
  heatmap: [
    { name: "buckets", frame: buckets },
    { name: "hostile names", frame: () => many(6) },
  ],
  histogram: [
    { name: "cumulative", options: { cumulative: true } },
    { name: "buckets", frame: buckets },
  ],
  pie: [
    { name: "pie", options: { shape: "pie" } },
    { name: "many, wide", frame: () => many(20), w: 6 },
  ],
  scatter: [
    { name: "trend", options: { trend: true } },
    { name: "one query", frame: () => many(2) },
  ],
  sankey: [{ name: "without labels", frame: () => many(3) }],
  progress: [{ name: "one", options: { rate: true }, frame: () => many(1), w: 2 }],
  alerts: [{ name: "three", data: { marks: MARKS }, pictured: true }],
  log: [{ name: "three", data: { marks: MARKS }, pictured: true }],
};
