import type { PointerEvent } from "react";
import { axisLabels, measureAxis } from "../../charts/axis";
import type { ValueAxis } from "../../charts/axis";
import { assignSlots } from "../../charts/palette";
import { fieldText, paletteToken, writeField } from "../../data/fieldFormat";
import { DEFAULT_FORMAT } from "../../data/fieldFormat";
import type { Bar, BarGroup } from "../bars";
import { barGroups } from "../bars";
import { LinkedName } from "../LinkedName";
import type { BarOptions } from "../kinds/bar";
import type { WidgetProps } from "../plugin";
import { axisLook } from "../timeLook";
import type { Tip } from "../useTip";
import type { Highlight } from "../useHighlight";
import { useHighlight } from "../useHighlight";
import { useTip } from "../useTip";
import TimeView from "./TimeView";

const ROW_PX = 26;

function partColors(groups: readonly BarGroup[]): Map<string, string> {
  const parts = [...new Set(groups.flatMap((one) => one.bars.map((bar) => bar.part)))];
  const slots = assignSlots(parts);
  return new Map(parts.map((part, at) => [part, `s${(slots[at]?.category ?? 0) + 1}`]));
}

function colorOf(bar: Bar, colors: ReadonlyMap<string, string>): string {
  const { format } = bar.series;
  const token = format.color === "thresholds" ? fieldText(bar.value, format).color : paletteToken(format.color);
  return `var(--${token === null || token === "" ? (colors.get(bar.part) ?? "s1") : token})`;
}

/** Where a value stands on the axis, 0 to 1. */
function partOf(axis: ValueAxis, value: number): number {
  const part = (axis.warp(value) - axis.warp(axis.low)) / (axis.warp(axis.high) - axis.warp(axis.low));
  return Number.isNaN(part) ? 0 : Math.max(0, Math.min(1, part));
}

interface PlotProps {
  props: WidgetProps<BarOptions>;
  groups: readonly BarGroup[];
  axis: ValueAxis;
  colors: ReadonlyMap<string, string>;
  tip: Tip;
  highlight: Highlight;
}

function tipOf(group: BarGroup, colors: ReadonlyMap<string, string>) {
  return group.bars.map((bar) => ({
    name: group.bars.length === 1 ? bar.series.name : bar.part,
    color: colorOf(bar, colors),
    value: writeField(bar.value, bar.series.format),
  }));
}

/** Thickness of a bar and where it begins across its group, as parts of the group's room. */
function across(group: BarGroup, at: number, stacked: boolean): [number, number] {
  if (stacked) return [0.15, 0.7];
  const size = 0.8 / group.bars.length;
  return [0.1 + at * size, size * 0.92];
}

function Horizontal({ props, groups, axis, colors, tip, highlight }: PlotProps) {
  const { options, linksOf } = props;
  const stacked = options.stack !== "none";
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <ul className="wbars" tabIndex={0} aria-label={props.title}>
      {groups.map((group) => (
        <li
          key={group.name}
          onPointerMove={(event: PointerEvent) => tip.show(event, group.name, tipOf(group, colors))}
          onPointerLeave={tip.hide}
        >
          <span className="wbars__name" title={group.name}>
            <LinkedName
              name={group.name}
              links={group.bars[0] === undefined ? [] : linksOf(group.bars[0].series, group.bars[0].value, null)}
            />
          </span>
          <span className="wbars__track">
            {group.bars.map((bar, at) => {
              const [start, size] = across(group, at, stacked);
              const [a, b] = [partOf(axis, bar.from), partOf(axis, bar.to)];
              const style = {
                top: `${start * 100}%`,
                height: `${size * 100}%`,
                left: `${Math.min(a, b) * 100}%`,
                width: `${Math.abs(b - a) * 100}%`,
                background: colorOf(bar, colors),
              };
              const { key } = bar.series;
              return (
                <i
                  key={key}
                  className={highlight.look(key)}
                  style={style}
                  onPointerEnter={highlight.enter(key)}
                  onPointerLeave={highlight.leave}
                />
              );
            })}
          </span>
          {options.values ? (
            <span className="wbars__value num">
              {group.bars.length === 1 || stacked
                ? writeField(group.total, group.bars[0]?.series.format ?? DEFAULT_FORMAT)
                : ""}
            </span>
          ) : (
            <span className="sr-only">{writeField(group.total, group.bars[0]?.series.format ?? DEFAULT_FORMAT)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Vertical({ props, groups, axis, colors, tip, highlight }: PlotProps) {
  const { options, width, height, title } = props;
  const labels = axisLabels(axis);
  const left = 14 + Math.max(...labels.map((label) => label.length * 6.3), 12);
  const top = options.values && options.stack === "none" ? 18 : 8;
  const plot = { width: Math.max(10, width - left - 8), height: Math.max(10, height - top - 22), top };
  const room = plot.width / Math.max(1, groups.length);
  const y = (value: number): number => plot.top + (1 - partOf(axis, value)) * plot.height;
  const stacked = options.stack !== "none";
  const every = Math.max(1, Math.ceil(46 / room));
  const letters = Math.max(3, Math.floor((room * every) / 6.2));
  return (
    <svg width={width} height={height} className="wsvg" role="img" aria-label={spoken(title, groups)}>
      {axis.ticks.map((tick, at) => (
        <g key={tick}>
          <line x1={left} x2={width - 8} y1={y(tick)} y2={y(tick)} stroke="var(--grid)" />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {labels[at]}
          </text>
        </g>
      ))}
      {groups.map((group, place) => (
        <g
          key={group.name}
          onPointerMove={(event) => tip.show(event, group.name, tipOf(group, colors))}
          onPointerLeave={tip.hide}
        >
          <rect x={left + place * room} y={plot.top} width={room} height={plot.height} fill="transparent" />
          {group.bars.map((bar, at) => {
            const [start, size] = across(group, at, stacked);
            const [a, b] = [y(bar.from), y(bar.to)];
            const x = left + (place + start) * room;
            return (
              <g
                key={bar.series.key}
                className={highlight.look(bar.series.key)}
                onPointerEnter={highlight.enter(bar.series.key)}
                onPointerLeave={highlight.leave}
              >
                <rect
                  x={x}
                  y={Math.min(a, b)}
                  width={Math.max(1, size * room)}
                  height={Math.abs(a - b)}
                  rx="1"
                  fill={colorOf(bar, colors)}
                />
                {options.values && !stacked && size * room > 34 ? (
                  <text className="wsvg__value" x={x + (size * room) / 2} y={Math.min(a, b) - 4} textAnchor="middle">
                    {writeField(bar.value, bar.series.format)}
                  </text>
                ) : null}
              </g>
            );
          })}
          {place % every === 0 ? (
            <text x={left + (place + 0.5) * room} y={height - 8} textAnchor="middle">
              {group.name.length > letters ? `${group.name.slice(0, letters - 1)}…` : group.name}
            </text>
          ) : null}
        </g>
      ))}
      <line x1={left} x2={width - 8} y1={y(0)} y2={y(0)} stroke="var(--line)" />
    </svg>
  );
}

function spoken(title: string, groups: readonly BarGroup[]): string {
  const words = groups
    .slice(0, 10)
    .map((one) => `${one.name} ${writeField(one.total, one.bars[0]?.series.format ?? DEFAULT_FORMAT)}`);
  return `${title}. ${words.join(", ")}${groups.length > 10 ? ` and ${groups.length - 10} more` : ""}`;
}

function SeriesBars(props: WidgetProps<BarOptions>) {
  const { options, data, width, height } = props;
  const tip = useTip();
  const groups = barGroups(data, options).slice(0, 500);
  const highlight = useHighlight(groups.flatMap((one) => one.bars.map((bar) => bar.series)));
  const colors = partColors(groups);
  const ends = groups.flatMap((one) => one.bars.flatMap((bar) => [bar.from, bar.to]));
  const format = groups[0]?.bars[0]?.series.format ?? DEFAULT_FORMAT;
  const look = axisLook(options.stack === "percent" ? { ...DEFAULT_FORMAT, unit: "percent", max: 100 } : format);
  const above = Math.min(...ends.filter((one) => one > 0));
  const ticks = Math.max(2, Math.floor((options.direction === "vertical" ? height : width) / 60));
  const axis = measureAxis([Math.min(0, ...ends), Math.max(0, ...ends), above], look, Math.min(5, ticks), true);
  const parts = [...colors].filter(() => options.category !== "");
  const foot = parts.length > 1 && options.legend !== "hidden" && height > 120;
  const room = { ...props, height: foot ? height - 22 : height };
  const Plot = options.direction === "vertical" ? Vertical : Horizontal;
  return (
    <div className={`wtime${data.stale_ms === null ? "" : " is-stale"}`}>
      <div className="wtime__chart" style={{ minHeight: Math.min(ROW_PX, height) }}>
        <Plot props={room} groups={groups} axis={axis} colors={colors} tip={tip} highlight={highlight} />
      </div>
      {foot ? (
        <div className="wlegend-line">
          {parts.map(([part, color]) => (
            <span key={part} className="wkey">
              <span className="key" style={{ background: `var(--${color})` }} />
              {part}
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Bars over time, or one for each series. */
export default function BarView(props: WidgetProps<BarOptions>) {
  return props.options.over === "time" ? <TimeView {...props} /> : <SeriesBars {...props} />;
}
