import { useEffect, useMemo, useRef, useState } from "react";
import { axisLabels, measureAxis } from "../../charts/axis";
import type { ValueAxis } from "../../charts/axis";
import { DEFAULT_FORMAT, fieldText, writeField } from "../../data/fieldFormat";
import { formatMoment } from "../../data/timeRange";
import { useChartShare } from "../chartContext";
import { ownColor, slotsOf } from "../colors";
import type { ScatterOptions } from "../kinds/scatter";
import { pairsOf, sharedRows, trendOf } from "../pairs";
import type { FieldFormat, WidgetProps } from "../plugin";
import { axisLook } from "../timeLook";
import { usePointed } from "../usePointed";
import { useTip } from "../useTip";
import { Needs } from "../Needs";

interface Point {
  x: number;
  y: number;
  row: number;
  pair: number;
}

const NEAR_PX = 18;

function extent(values: readonly number[]): [number, number, number] {
  let [min, max, above] = [Infinity, -Infinity, Infinity];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value > 0) above = Math.min(above, value);
  }
  return [min, max, above];
}

function partOf(axis: ValueAxis, value: number): number {
  return (axis.warp(value) - axis.warp(axis.low)) / (axis.warp(axis.high) - axis.warp(axis.low));
}

/** One number against another. */
export default function ScatterView(props: WidgetProps<ScatterOptions>) {
  const { title, options, data, width, height, zone } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { theme, themeVersion } = useChartShare();
  const tip = useTip();
  const [focus, setFocus] = useState<string | null>(null);
  const pairs = useMemo(
    () => pairsOf(data, options.x, options.y),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [data.frame, data.version, options.x, options.y],
  );
  const points = useMemo<Point[]>(
    () =>
      pairs.flatMap(({ x, y }, pair) =>
        sharedRows(data, [x, y], options.points === "last").map((row) => ({
          x: x.values[row] ?? 0,
          y: y.values[row] ?? 0,
          row,
          pair,
        })),
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- pairs change with the values, the window with both
    [pairs, options.points, data.window.start_ms, data.window.end_ms],
  );
  const pointed = usePointed(
    focus,
    pairs.map(({ x }) => ({ key: x.key, series: x })),
  );
  const fx = pairs[0]?.x.format ?? DEFAULT_FORMAT;
  const fy = pairs[0]?.y.format ?? DEFAULT_FORMAT;
  const right = measureAxis(
    extent(points.map((one) => one.x)),
    axisLook(fx),
    Math.max(2, Math.floor(width / 90)),
    false,
  );
  const up = measureAxis(
    extent(points.map((one) => one.y)),
    axisLook(fy),
    Math.max(2, Math.min(5, Math.floor(height / 46))),
    false,
  );
  const [xLabels, yLabels] = [axisLabels(right), axisLabels(up)];
  const left = 14 + Math.max(12, ...yLabels.map((label) => label.length * 6.3));
  const plot = { top: 8, width: Math.max(10, width - left - 12), height: Math.max(10, height - 8 - 40) };
  const px = (value: number): number => left + partOf(right, value) * plot.width;
  const py = (value: number): number => plot.top + (1 - partOf(up, value)) * plot.height;
  const slots = slotsOf(pairs.map((one) => one.x));
  const colorOf = (pair: number): string => {
    const series = pairs[pair]?.x;
    return (series === undefined ? null : ownColor(series, NaN)) ?? `s${(slots[pair]?.category ?? 0) + 1}`;
  };
  useEffect(() => {
    const context = canvas.current?.getContext("2d") ?? null;
    if (canvas.current === null || context === null) return;
    canvas.current.width = width * devicePixelRatio;
    canvas.current.height = height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    const colours = theme();
    const plain = points.length > 400 ? 0.45 : 0.8;
    const isDim = ({ pair }: Point): boolean => pointed !== null && !pointed.has(pairs[pair]?.x.key ?? "");
    // what does not stand out lies below, in one shade: many thin layers would be a thick one
    for (const one of [...points.filter(isDim), ...points.filter((each) => !isDim(each))]) {
      const dim = isDim(one);
      context.globalAlpha = dim ? 1 : plain;
      const own = data.stale_ms === null ? colours.token(colorOf(one.pair)) : colours.ghost;
      context.fillStyle = dim ? colours.token("line") : own;
      context.beginPath();
      context.arc(px(one.x), py(one.y), options.size, 0, Math.PI * 2);
      context.fill();
    }
  });
  if (pairs.length === 0) return <Needs what="two queries whose series have the same labels" />;
  const trend = options.trend ? trendOf(points.map((one) => [one.x, one.y])) : null;
  const onMove = (event: React.PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const [mx, my] = [event.clientX - box.left, event.clientY - box.top];
    let [best, distance]: [Point | null, number] = [null, NEAR_PX ** 2];
    for (const one of points) {
      const off = (px(one.x) - mx) ** 2 + (py(one.y) - my) ** 2;
      if (off < distance) [best, distance] = [one, off];
    }
    const pair = best === null ? undefined : pairs[best.pair];
    setFocus(pair?.x.key ?? null);
    if (best === null || pair === undefined) {
      tip.hide();
      return;
    }
    const color = `var(--${colorOf(best.pair)})`;
    tip.show(event, `${pair.x.name}, ${formatMoment(data.frame.times[best.row] ?? 0, zone, true, true)}`, [
      { name: pair.x.labels["__name__"] ?? pair.x.ref, color, value: writeField(best.x, pair.x.format) },
      { name: pair.y.labels["__name__"] ?? pair.y.ref, color, value: writeField(best.y, pair.y.format) },
    ]);
  };
  const unitOf = (format: FieldFormat): string => fieldText(0, { ...format, mappings: [] }).unit;
  const described = `${title}. ${points.length} points of ${pairs.length} series${trend === null ? "" : `, r squared ${trend.r2.toFixed(2)}`}`;
  return (
    <div className="wscatter" key={themeVersion}>
      <canvas ref={canvas} style={{ width, height }} aria-hidden="true" />
      <svg
        width={width}
        height={height}
        className="wsvg"
        role="img"
        aria-label={described}
        onPointerMove={onMove}
        onPointerLeave={() => {
          setFocus(null);
          tip.hide();
        }}
      >
        {up.ticks.map((tick, at) => (
          <g key={tick}>
            <line x1={left} x2={left + plot.width} y1={py(tick)} y2={py(tick)} stroke="var(--grid)" />
            <text x={left - 8} y={py(tick) + 4} textAnchor="end">
              {yLabels[at]}
            </text>
          </g>
        ))}
        {right.ticks.map((tick, at) => (
          <g key={tick}>
            <line x1={px(tick)} x2={px(tick)} y1={plot.top} y2={plot.top + plot.height} stroke="var(--grid)" />
            <text x={px(tick)} y={plot.top + plot.height + 16} textAnchor="middle">
              {xLabels[at]}
            </text>
          </g>
        ))}
        {trend === null ? null : (
          <line
            x1={px(right.low)}
            x2={px(right.high)}
            y1={py(trend.start + trend.slope * right.low)}
            y2={py(trend.start + trend.slope * right.high)}
            stroke="var(--text-2)"
            strokeDasharray="4 3"
          />
        )}
        <text x={left + plot.width} y={height - 4} textAnchor="end">
          {[
            pairs[0]?.x.labels["__name__"] ?? refsOfPair(pairs[0]?.x.ref),
            unitOf(fx),
            trend === null ? "" : `r² ${trend.r2.toFixed(2)}`,
          ]
            .filter(Boolean)
            .join(" · ")}
        </text>
      </svg>
    </div>
  );
}

function refsOfPair(ref: string | undefined): string {
  return ref === undefined ? "" : `query ${ref}`;
}
