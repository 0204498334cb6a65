import { arc, pie } from "d3-shape";
import { DEFAULT_FORMAT, fieldText, writeField } from "../../data/fieldFormat";
import { slotColor, slotsOf } from "../colors";
import { LinkedName } from "../LinkedName";
import type { PieOptions } from "../kinds/pie";
import type { WidgetProps } from "../plugin";
import type { Slice } from "../slices";
import { pieSlices } from "../slices";
import { useHighlight } from "../useHighlight";
import { useTip } from "../useTip";

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}\u2009%`;
}

/** Shares of a whole. */
export default function PieView({ title, options, data, width, height, linksOf }: WidgetProps<PieOptions>) {
  const tip = useTip();
  const { slices, total, left } = pieSlices(data, options);
  const format = slices[0]?.series?.format ?? DEFAULT_FORMAT;
  const owners = slices.flatMap((one) => (one.series === null ? [] : [one.series]));
  const highlight = useHighlight(owners);
  const slots = slotsOf(owners);
  const colors = new Map(owners.map((one, at) => [one.key, slotColor(one, slots[at], NaN)]));
  const color = (slice: Slice): string => colors.get(slice.key) ?? "var(--ghost)";
  const beside = width > height * 1.25;
  const legend = options.legend !== "hidden" && (beside || height > 190);
  const room = legend
    ? beside
      ? { w: Math.min(height, width * 0.5), h: height }
      : { w: width, h: height * 0.58 }
    : { w: width, h: height };
  const radius = Math.max(20, Math.min(room.w, room.h) / 2 - 4);
  const shape = arc<{ startAngle: number; endAngle: number }>()
    .innerRadius(options.shape === "donut" ? radius * 0.62 : 0)
    .outerRadius(radius)
    .padAngle(0.012);
  const angles = pie<Slice>()
    .sort(null)
    .value((one) => one.value)(slices);
  const sum = fieldText(total, { ...format, mappings: [], thresholds: [] });
  const said = slices.map((one) => `${one.name} ${percent(one.share)}`).join(", ");
  const rowOf = (slice: Slice) => [
    { name: percent(slice.share), color: color(slice), value: writeField(slice.value, format) },
  ];
  return (
    <div className={`wpie${beside ? " wpie--beside" : ""}${data.stale_ms === null ? "" : " is-stale"}`}>
      <svg width={room.w} height={room.h} className="wsvg" role="img" aria-label={`${title}. ${said}`}>
        <g transform={`translate(${room.w / 2} ${room.h / 2})`}>
          {angles.map((angle) => {
            const middle = (angle.startAngle + angle.endAngle) / 2;
            const out = radius * (options.shape === "donut" ? 0.81 : 0.72);
            const [x, y] = [Math.sin(middle) * out, -Math.cos(middle) * out];
            const text = options.show === "percent" ? percent(angle.data.share) : writeField(angle.data.value, format);
            const fits =
              options.show !== "none" && angle.data.share * Math.PI * 2 * out > Math.max(34, text.length * 6);
            return (
              <g
                key={angle.data.key}
                className={highlight.look(angle.data.key)}
                onPointerEnter={highlight.enter(angle.data.key)}
                onPointerMove={(event) => tip.show(event, angle.data.name, rowOf(angle.data))}
                onPointerLeave={() => {
                  tip.hide();
                  highlight.leave();
                }}
              >
                <path d={shape(angle) ?? ""} fill={color(angle.data)} />
                {fits && (options.shape === "pie" || radius >= 85) ? (
                  <text className="wpie__share" x={x} y={y + 4} textAnchor="middle">
                    {text}
                  </text>
                ) : null}
              </g>
            );
          })}
          {options.shape === "donut" ? (
            <text
              className="wgauge__value"
              y={6}
              textAnchor="middle"
              style={{ fontSize: Math.max(11, Math.min(22, radius * 0.28)) }}
            >
              {sum.text}
              {sum.unit === "" ? "" : `\u2009${sum.unit}`}
            </text>
          ) : null}
        </g>
      </svg>
      {legend ? (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
        <ul className="wpie__list" tabIndex={0} aria-label={`${title}, parts`}>
          {slices.map((slice) => (
            <li
              key={slice.key}
              className={highlight.look(slice.key)}
              onPointerEnter={highlight.enter(slice.key)}
              onPointerLeave={highlight.leave}
            >
              <span className="key" style={{ background: color(slice) }} />
              <span className="wpie__name" title={slice.name}>
                <LinkedName
                  name={slice.name}
                  links={slice.series === null ? [] : linksOf(slice.series, slice.value, null)}
                />
              </span>
              <span className="num">{writeField(slice.value, format)}</span>
              <b className="num">{percent(slice.share)}</b>
            </li>
          ))}
          {left > 0 ? <li className="muted">{left} below zero, not shown</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
