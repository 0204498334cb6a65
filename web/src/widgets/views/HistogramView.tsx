import { axisLabels, measureAxis } from "../../charts/axis";
import { DEFAULT_FORMAT, writeField } from "../../data/fieldFormat";
import { formatCount } from "../../data/format";
import { paletteToken } from "../../data/fieldFormat";
import type { Bin, Distribution } from "../distribution";
import { countsOf, distribution } from "../distribution";
import type { HistogramOptions } from "../kinds/histogram";
import type { FieldFormat, WidgetProps } from "../plugin";
import { present } from "../reduce";
import { axisLook } from "../timeLook";
import { areBuckets } from "../heatRows";
import { usePointed } from "../usePointed";
import { useTip } from "../useTip";

const COUNT = { unit: "number", scale: "linear" as const, min: 0, max: null, decimals: 0 };

function spoken(title: string, found: Distribution, format: FieldFormat): string {
  const marks = found.percentiles.map((one) => `p${one.of} ${writeField(one.value, format)}`);
  return [`${title}. ${formatCount(found.total)} values`, ...marks].join(", ");
}

/** Share of all values up to the end of each bin, from the start of the first. */
function cumulative(bins: readonly Bin[], total: number): [number, number][] {
  let sum = 0;
  const points: [number, number][] = bins[0] === undefined ? [] : [[bins[0].low, 0]];
  for (const bin of bins) {
    sum += bin.count;
    points.push([bin.high, total === 0 ? 0 : sum / total]);
  }
  return points;
}

/** Where a value stands among bins of equal widths, 0 to 1. */
export function placeOf(bins: readonly Bin[], value: number): number {
  const at = bins.findIndex((bin) => value <= bin.high);
  const bin = bins[at === -1 ? bins.length - 1 : at];
  if (bin === undefined || bin.high === bin.low) return 0.5;
  const within = Math.max(0, Math.min(1, (value - bin.low) / (bin.high - bin.low)));
  return ((at === -1 ? bins.length - 1 : at) + within) / bins.length;
}

function evenly(bins: readonly Bin[]): boolean {
  const [first] = bins;
  if (first === undefined) return true;
  return bins.every((bin) => Math.abs(bin.high - bin.low - (first.high - first.low)) < (first.high - first.low) * 1e-6);
}

const LABEL_PX = 30;

/** Where marks stand, and which have room for their name. */
function labelled(marks: Distribution["percentiles"], x: (value: number) => number, end: number) {
  let free = -Infinity;
  return [...marks]
    .sort((a, b) => a.value - b.value)
    .map((mark) => {
      const at = x(mark.value);
      const shown = at >= free && at < end;
      if (shown) free = at + LABEL_PX;
      return { ...mark, at, shown };
    });
}

export default function HistogramView({ title, options, data, width, height }: WidgetProps<HistogramOptions>) {
  const tip = useTip();
  const found = distribution(data, options);
  const series = present(data.frame);
  const format = series[0]?.format ?? DEFAULT_FORMAT;
  // what is counted in buckets says nothing of single series
  const apart = areBuckets(series) && options.source !== "values" ? [] : series;
  const pointed = usePointed(
    null,
    apart.map((one) => ({ key: one.key, series: one })),
  );
  const shares = pointed === null ? null : countsOf(data, found.bins, pointed);
  const color = `var(--${paletteToken(format.color) ?? "s1"})`;
  const [low, high] = [found.bins[0]?.low ?? 0, found.bins.at(-1)?.high ?? 1];
  const tallest = Math.max(0, ...found.bins.map((one) => one.count));
  const counts = measureAxis([0, tallest, 1], COUNT, Math.max(2, Math.floor(height / 60)), true);
  const across = measureAxis([low, high, low], { ...axisLook(format), min: low, max: high > low ? high : low + 1, scale: "linear" }, Math.max(2, Math.floor(width / 90)), false); // prettier-ignore
  const labels = axisLabels(counts);
  const left = 14 + Math.max(12, ...labels.map((label) => label.length * 6.3));
  const right = options.cumulative ? 46 : 8;
  const plot = { top: 18, width: Math.max(10, width - left - right), height: Math.max(10, height - 18 - 22) };
  // bins stand side by side at equal widths: buckets of a histogram may be very unlike
  const x = (value: number): number => left + placeOf(found.bins, value) * plot.width;
  const y = (count: number): number => plot.top + (1 - count / counts.high) * plot.height;
  const edges = [low, ...found.bins.map((bin) => bin.high)];
  const every = Math.max(1, Math.ceil(edges.length / Math.max(2, Math.floor(width / 60))));
  const ticks = evenly(found.bins) ? across.ticks : edges.filter((_, at) => at % every === 0);
  const ends = evenly(found.bins) ? axisLabels(across) : ticks.map((tick) => writeField(tick, format));
  const base = plot.top + plot.height;
  const marks = labelled(found.percentiles, x, left + plot.width - 14);
  const isOut = (bin: Bin): boolean =>
    found.fences !== null && (bin.low >= found.fences.high || bin.high <= found.fences.low);
  return (
    <div className={`wtime${data.stale_ms === null ? "" : " is-stale"}`}>
      <svg width={width} height={height} className="wsvg" role="img" aria-label={spoken(title, found, format)}>
        {counts.ticks.map((tick, at) => (
          <g key={tick}>
            <line x1={left} x2={left + plot.width} y1={y(tick)} y2={y(tick)} stroke="var(--grid)" />
            <text x={left - 8} y={y(tick) + 4} textAnchor="end">
              {labels[at]}
            </text>
          </g>
        ))}
        {found.bins.map((bin, at) => {
          const [from, to] = bin.high > bin.low ? [x(bin.low), x(bin.high)] : [left, left + plot.width];
          const share = found.total === 0 ? 0 : (bin.count / found.total) * 100;
          return (
            <g
              key={bin.low}
              onPointerMove={(event) =>
                tip.show(event, `${writeField(bin.low, format)} to ${writeField(bin.high, format)}`, [
                  { name: "values", color, value: formatCount(bin.count) },
                  { name: "share", color: "transparent", value: `${share.toFixed(1)}\u2009%` },
                ])
              }
              onPointerLeave={tip.hide}
            >
              <rect x={from} y={plot.top} width={Math.max(1, to - from)} height={plot.height} fill="transparent" />
              <rect
                x={from + 0.5}
                y={y(bin.count)}
                width={Math.max(1, to - from - 1)}
                height={base - y(bin.count)}
                fill={color}
                fillOpacity={shares !== null ? 0.22 : options.outliers && isOut(bin) ? 0.35 : 0.85}
              />
              {shares === null ? null : (
                <rect
                  className="whisto__share"
                  x={from + 0.5}
                  y={y(shares[at] ?? 0)}
                  width={Math.max(1, to - from - 1)}
                  height={base - y(shares[at] ?? 0)}
                  fill={color}
                  fillOpacity={0.85}
                />
              )}
              {options.outliers && isOut(bin) && bin.count > 0 ? (
                <circle cx={(from + to) / 2} cy={y(bin.count) - 5} r="2" fill="var(--text-2)" />
              ) : null}
            </g>
          );
        })}
        {options.cumulative ? (
          <>
            <polyline
              fill="none"
              stroke="var(--text-2)"
              strokeWidth="1.5"
              points={cumulative(found.bins, found.total)
                .map(([at, share]) => `${x(at)},${plot.top + (1 - share) * plot.height}`)
                .join(" ")}
            />
            {[0, 50, 100].map((share) => (
              <text key={share} x={left + plot.width + 6} y={plot.top + (1 - share / 100) * plot.height + 4}>
                {share}&thinsp;%
              </text>
            ))}
          </>
        ) : null}
        {marks.map((mark) => {
          const { at } = mark;
          return (
            <g key={mark.of}>
              <line x1={at} x2={at} y1={plot.top - 6} y2={base} stroke="var(--text-2)" strokeDasharray="4 3">
                <title>{`p${mark.of} ${writeField(mark.value, format)}`}</title>
              </line>
              {mark.shown ? (
                <text className="wsvg__value" x={at + 4} y={plot.top - 6}>
                  p{mark.of}
                </text>
              ) : null}
            </g>
          );
        })}
        <line x1={left} x2={left + plot.width} y1={base} y2={base} stroke="var(--line)" />
        {ticks.map((tick, at) => (
          <text key={tick} x={x(tick)} y={base + 16} textAnchor="middle">
            {ends[at]}
          </text>
        ))}
        {options.outliers && found.fences !== null && found.fences.count > 0 && width > 260 ? (
          <text x={left + plot.width} y={plot.top + 12} textAnchor="end">
            {formatCount(found.fences.count)} outliers
          </text>
        ) : null}
      </svg>
    </div>
  );
}
