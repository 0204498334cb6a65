import { useEffect, useId, useState } from "react";
import type { TimeMark } from "../../charts/look";
import { formatDuration } from "../../data/duration";
import { formatMoment } from "../../data/timeRange";
import { useChartShare } from "../chartContext";
import type { StateOptions } from "../kinds/stateTimeline";
import type { WidgetProps } from "../plugin";
import { present } from "../reduce";
import type { Stretch } from "../states";
import { stateColors, stretches } from "../states";
import { TimeAxis } from "../TimeAxis";
import { timeMarks } from "../timeLook";
import { useHighlight } from "../useHighlight";
import { useTip } from "../useTip";

/** Where the crosshair of the page is, as far as it shows here. */
function useMoment(source: object): number | null {
  const { crosshair } = useChartShare();
  const [time_ms, setTime] = useState<number | null>(null);
  useEffect(
    () => crosshair.watch(() => setTime(crosshair.showsIn(source) ? (crosshair.moment?.time_ms ?? null) : null)),
    [crosshair, source],
  );
  return time_ms;
}

function spoken(name: string, found: readonly Stretch[]): string {
  const last = found.at(-1);
  return last === undefined ? `${name}: no data` : `${name}: ${last.text}, ${found.length} states in the window`;
}

/** A mark behind all rows: a line where it begins, a band where it lasts; its words are read with the pointer. */
function MarkLine({ mark, from, to, height }: { mark: TimeMark; from: number; to: number; height: number }) {
  if (mark.kind === "gap" || to < from) return null;
  const color = `var(--${mark.color})`;
  return (
    <g>
      <title>{mark.text === "" ? mark.title : `${mark.title}: ${mark.text}`}</title>
      <rect x={from} y={0} width={Math.max(2, to - from)} height={height} fill={color} fillOpacity="0.12" />
      <line x1={from} x2={from} y1={0} y2={height} stroke={color} strokeDasharray="3 3" />
    </g>
  );
}

/** Rows of stretches of one state. */
export default function StateTimelineView({ title, options, data, width, height, zone }: WidgetProps<StateOptions>) {
  const { crosshair } = useChartShare();
  const hatch = useId();
  const tip = useTip();
  const [source] = useState(() => ({}));
  const moment = useMoment(source);
  const series = present(data.frame);
  const highlight = useHighlight(series);
  const { window } = data;
  const found = series.map((one) => stretches(data.frame, one, window));
  const colors = stateColors(found);
  const longest = Math.max(0, ...series.map((one) => one.name.length));
  const left = Math.min(width * 0.3, longest * 6.6 + 14, 180);
  const room = Math.max(10, width - left);
  const auto = Math.max(14, Math.min(40, (height - 22) / Math.max(1, series.length)));
  const row = options.rowHeight > 0 ? options.rowHeight : auto;
  const span = window.end_ms - window.start_ms;
  const x = (time_ms: number): number => left + ((time_ms - window.start_ms) / span) * room;
  const letters = Math.floor((left - 10) / 6.3 + 0.5);
  const total = Math.max(height - 4, series.length * row + 22);
  return (
    <div
      className={`wscroll${data.stale_ms === null ? "" : " is-stale"}`}
      role="group"
      aria-label={`${title}, states`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
      tabIndex={0}
    >
      <svg
        width={width}
        height={total}
        className="wsvg"
        role="img"
        aria-label={series.map((one, at) => spoken(one.name, found[at] ?? [])).join(". ")}
        onPointerMove={(event) => {
          const at = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
          if (at >= 0) crosshair.hover(source, window.start_ms + (at / room) * span);
        }}
        onPointerLeave={() => {
          crosshair.leave(source);
          tip.hide();
        }}
      >
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" x2="0" y1="0" y2="6" stroke="var(--hatch)" strokeWidth="2" />
        </pattern>
        {series.map((one, at) => (
          <g
            key={one.key}
            className={highlight.look(one.key)}
            transform={`translate(0 ${at * row})`}
            onPointerEnter={highlight.enter(one.key)}
            onPointerLeave={highlight.leave}
          >
            <text x={left - 10} y={row / 2 + 4} textAnchor="end">
              {one.name.length > letters ? `${one.name.slice(0, Math.max(1, letters - 1))}…` : one.name}
              <title>{one.name}</title>
            </text>
            <rect x={left} y={2} width={room} height={row - 4} fill={`url(#${hatch})`} />
            {(found[at] ?? []).map((stretch) => {
              const wide = Math.max(1, x(stretch.end_ms) - x(stretch.start_ms) - (options.gap ? 1 : 0));
              const token = stretch.color === "" ? (colors.get(stretch.text) ?? "s1") : stretch.color;
              return (
                <g
                  key={stretch.start_ms}
                  onPointerMove={(event) =>
                    tip.show(event, one.name, [
                      {
                        name: stretch.text,
                        color: `var(--${token})`,
                        value: formatDuration(stretch.end_ms - stretch.start_ms),
                      },
                      {
                        name: "since",
                        color: "transparent",
                        value: formatMoment(stretch.start_ms, zone, span > 43_200_000, true),
                      },
                    ])
                  }
                  onPointerLeave={tip.hide}
                >
                  <rect x={x(stretch.start_ms)} y={2} width={wide} height={row - 4} fill="var(--panel)" />
                  <rect
                    x={x(stretch.start_ms)}
                    y={2}
                    width={wide}
                    height={row - 4}
                    rx="2"
                    fill={`var(--${token})`}
                    fillOpacity="0.32"
                  />
                  <rect x={x(stretch.start_ms)} y={row - 4} width={wide} height="2" fill={`var(--${token})`} />
                  {options.values && row >= 18 && wide > stretch.text.length * 6.6 + 8 ? (
                    <text className="wstate__word" x={x(stretch.start_ms) + 5} y={row / 2 + 4}>
                      {stretch.text}
                    </text>
                  ) : null}
                </g>
              );
            })}
          </g>
        ))}
        {timeMarks(data.marks).map((mark) => (
          <MarkLine
            key={`${mark.time_ms} ${mark.title} ${mark.text}`}
            mark={mark}
            from={Math.max(left, x(mark.time_ms))}
            to={Math.min(left + room, x(mark.end_ms ?? mark.time_ms))}
            height={series.length * row}
          />
        ))}
        <TimeAxis window={window} zone={zone} left={left} width={room} y={series.length * row + 16} />
        {moment === null || moment < window.start_ms || moment > window.end_ms ? null : (
          <line className="wcross" x1={x(moment)} x2={x(moment)} y1={0} y2={series.length * row} />
        )}
      </svg>
    </div>
  );
}
