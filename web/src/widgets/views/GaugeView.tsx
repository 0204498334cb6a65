import { arc } from "d3-shape";
import type { FieldText } from "../../data/fieldFormat";
import { fieldText, writeField } from "../../data/fieldFormat";
import { slotColor, slotsOf, textColor } from "../colors";
import type { GaugeOptions } from "../kinds/gauge";
import type { WidgetProps, WidgetSeries } from "../plugin";
import { present, reduceSeries } from "../reduce";
import type { GaugeScale } from "../scale";
import { gaugeScale } from "../scale";
import { tileColumns } from "../tiles";
import type { Highlight } from "../useHighlight";
import { useHighlight } from "../useHighlight";

const TURN = (240 / 360) * Math.PI * 2;
const START = -TURN / 2;
const RING_PX = 9;
const ZONE_PX = 3;

interface Props {
  series: WidgetSeries;
  value: number;
  shown: FieldText;
  scale: GaugeScale;
  options: GaugeOptions;
  color: string;
  width: number;
  height: number;
  named: boolean;
  highlight: Highlight;
}

function ring(inner: number, outer: number, from: number, to: number): string {
  return (
    arc()({
      innerRadius: inner,
      outerRadius: outer,
      startAngle: START + TURN * from,
      endAngle: START + TURN * to,
    }) ?? ""
  );
}

function words({ series, shown }: Props): string {
  return `${series.name}: ${shown.text} ${shown.unit}${shown.status === "none" ? "" : `, ${shown.status}`}`;
}

const pointing = ({ series: { key }, highlight }: Props, name: string) => ({
  className: `${name} ${highlight.look(key)}`,
  onPointerEnter: highlight.enter(key),
  onPointerLeave: highlight.leave,
});

function Circle(props: Props) {
  const { series, value, shown, scale, options, color, width, height, named } = props;
  const radius = Math.max(20, Math.min(width / 2 - 4, (height - (options.ends ? 16 : 4) - (named ? 16 : 0)) / 1.5));
  const used = radius * 1.5 + (options.ends ? 16 : 4) + (named ? 16 : 0);
  const outer = radius - (options.zones ? ZONE_PX + 3 : 0);
  const inner = outer - Math.min(RING_PX, radius / 5);
  const size = Math.max(11, Math.min(26, radius * 0.36));
  const ends = options.ends && radius > 42;
  const [lowX, endY] = [(Math.sin(START) * (inner + outer)) / 2, -Math.cos(START) * radius + 12];
  const target = options.target === null ? null : START + TURN * scale.part(options.target);
  return (
    <svg width={width} height={height} role="img" aria-label={words(props)} {...pointing(props, "wsvg")}>
      <g transform={`translate(${width / 2} ${radius + Math.max(1, (height - used) / 2)})`}>
        <path d={ring(inner, outer, 0, 1)} fill="var(--line-subtle)" />
        {Number.isNaN(value) ? null : (
          <path
            d={ring(
              inner,
              outer,
              Math.min(scale.part(0), scale.part(value)),
              Math.max(scale.part(0), scale.part(value)),
            )}
            fill={color}
          />
        )}
        {options.zones
          ? scale.zones.map((zone) => (
              <path
                key={zone.from}
                d={ring(outer + 3, outer + 3 + ZONE_PX, zone.from, zone.to)}
                fill={`var(--${zone.color})`}
              />
            ))
          : null}
        {target === null ? null : (
          <line
            x1={Math.sin(target) * (inner - 2)}
            y1={-Math.cos(target) * (inner - 2)}
            x2={Math.sin(target) * (outer + 3)}
            y2={-Math.cos(target) * (outer + 3)}
            stroke="var(--text)"
            strokeWidth="1.5"
          />
        )}
        <text
          className="wgauge__value"
          y={size * 0.3}
          textAnchor="middle"
          style={{ fontSize: size, ...(shown.color === "" ? {} : { fill: textColor(shown.color) }) }}
        >
          {shown.text}
          {shown.unit === "" ? "" : `\u2009${shown.unit}`}
        </text>
        {options.target === null || radius < 50 ? null : (
          <text y={size * 0.3 + 16} textAnchor="middle">
            target {writeField(options.target, series.format)}
          </text>
        )}
        {ends ? (
          <>
            <text x={lowX} y={endY} textAnchor="middle">
              {endText(scale.low, series)}
            </text>
            <text x={-lowX} y={endY} textAnchor="middle">
              {endText(scale.high, series)}
            </text>
          </>
        ) : null}
        {named ? (
          <text y={radius * 0.5 + (options.ends ? 30 : 16)} textAnchor="middle" className="wgauge__name">
            {series.name.length > width / 6.5 ? `${series.name.slice(0, Math.floor(width / 6.5) - 1)}…` : series.name}
          </text>
        ) : null}
      </g>
    </svg>
  );
}

function endText(value: number, series: WidgetSeries): string {
  return fieldText(value, { ...series.format, mappings: [], decimals: null }).text.replace(/\.0+$/, "");
}

function Line(props: Props) {
  const { series, value, shown, scale, options, color, named } = props;
  const [zero, end] = [scale.part(0), scale.part(value)];
  const fill = { left: `${Math.min(zero, end) * 100}%`, width: `${Math.abs(end - zero) * 100}%`, background: color };
  return (
    <div role="img" aria-label={words(props)} {...pointing(props, "wmeter")}>
      <div className="wmeter__head">
        {named ? <span className="wmeter__name">{series.name}</span> : null}
        <b className="num" style={shown.color === "" ? {} : { color: textColor(shown.color) }}>
          {shown.text}
          {shown.unit === "" ? null : <small>{shown.unit}</small>}
        </b>
      </div>
      <div className="wmeter__track">
        {Number.isNaN(value) ? null : <i style={fill} />}
        {options.target === null ? null : (
          <span className="wmeter__target" style={{ left: `${scale.part(options.target) * 100}%` }} />
        )}
      </div>
      {options.zones && scale.zones.length > 0 ? (
        <div className="wmeter__zones">
          {scale.zones.map((zone) => (
            <i
              key={zone.from}
              style={{ width: `${(zone.to - zone.from) * 100}%`, background: `var(--${zone.color})` }}
            />
          ))}
        </div>
      ) : null}
      {options.ends ? (
        <div className="wmeter__ends num">
          <span>{endText(scale.low, series)}</span>
          <span>{endText(scale.high, series)}</span>
        </div>
      ) : null}
    </div>
  );
}

/** Numbers on their scales. */
export default function GaugeView({ title, options, data, width, height }: WidgetProps<GaugeOptions>) {
  const series = present(data.frame).slice(0, 24);
  const highlight = useHighlight(series);
  const slots = slotsOf(series);
  const columns = options.shape === "line" ? 1 : tileColumns(series.length, width, height, 1.1);
  const rows = Math.max(1, Math.ceil(series.length / columns));
  const values = series.map((one) => reduceSeries(data.frame.times, one.values, options.value, data.window));
  // gauges of one unit side by side are compared: they share a scale
  const alike = (format: WidgetSeries["format"]): number[] =>
    values.filter((_, at) => series[at]?.format.unit === format.unit);
  const Shape = options.shape === "line" ? Line : Circle;
  return (
    <div
      role="group"
      aria-label={`${title}, gauges`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
      tabIndex={0}
      className={`wstats${options.shape === "line" ? " wstats--lines" : ""}${data.stale_ms === null ? "" : " is-stale"}`}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
    >
      {series.map((one, at) => {
        const value = values[at] ?? NaN;
        return (
          <Shape
            key={one.key}
            series={one}
            value={value}
            shown={fieldText(value, one.format)}
            scale={gaugeScale(alike(one.format), one.format)}
            options={options}
            // the arc is not coloured by status: the ring around it and the number are
            color={slotColor(one, slots[at], value)}
            width={(width - (columns - 1) * 4) / columns}
            height={(height - (rows - 1) * 4) / rows}
            named={series.length > 1}
            highlight={highlight}
          />
        );
      })}
    </div>
  );
}
