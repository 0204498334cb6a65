import type { CSSProperties } from "react";
import { fieldText, writeField } from "../../data/fieldFormat";
import { slotColor, slotsOf, textColor } from "../colors";
import { Spark } from "../Spark";
import type { StatOptions } from "../kinds/stat";
import type { WidgetData, WidgetProps, WidgetSeries } from "../plugin";
import { tileColumns } from "../tiles";
import { pastOf, present, reduceSeries } from "../reduce";
import type { Highlight } from "../useHighlight";
import { useHighlight } from "../useHighlight";

export interface Change {
  /** Part of the value before: 0.1 is ten per cent more; null where there was nothing. */
  share: number | null;
  difference: number;
  against: "past" | "start";
}

export function changeOf(series: WidgetSeries, options: StatOptions, data: WidgetData): Change | null {
  if (options.change === "none") return null;
  const { frame, window } = data;
  const value = reduceSeries(frame.times, series.values, options.value, window);
  const past = pastOf(frame, series);
  if (past === null && options.change === "past") return null;
  const against = past !== null && options.change !== "start" ? "past" : "start";
  // one moment has no start to compare with
  if (against === "start" && frame.times.length < 2) return null;
  const before =
    against === "past"
      ? reduceSeries(frame.times, past?.values ?? new Float64Array(0), options.value, window)
      : reduceSeries(frame.times, series.values, "first", window);
  if (Number.isNaN(before) || Number.isNaN(value)) return null;
  return { share: before === 0 ? null : (value - before) / Math.abs(before), difference: value - before, against };
}

function changeStatus({ difference }: Change, rising: StatOptions["rising"]): string {
  if (rising === "neutral" || difference === 0) return "text-2";
  return difference > 0 === (rising === "good") ? "ok" : "crit";
}

function ChangeText({
  change,
  series,
  rising,
}: {
  change: Change;
  series: WidgetSeries;
  rising: StatOptions["rising"];
}) {
  const { share, difference, against } = change;
  const sign = difference > 0 ? "+" : "";
  const text =
    share === null ? `${sign}${writeField(difference, series.format)}` : `${sign}${(share * 100).toFixed(1)}\u2009%`;
  return (
    <>
      <b style={{ color: textColor(changeStatus(change, rising)) }}>{text}</b>{" "}
      {against === "past" ? "vs. earlier" : "since start"}
    </>
  );
}

const WORDS = { ok: "ok", info: "info", warn: "warning", crit: "critical", none: "" };

interface TileProps extends WidgetProps<StatOptions> {
  series: WidgetSeries;
  color: string;
  named: boolean;
  room: { width: number; height: number };
  highlight: Highlight;
}

function Tile({ series, options, data, color, named, room, highlight }: TileProps) {
  const { frame, window } = data;
  const value = reduceSeries(frame.times, series.values, options.value, window);
  const shown = fieldText(value, series.format);
  // a word such as "down" did not rise by a number
  const change = shown.mapped ? null : changeOf(series, options, data);
  const large = room.width >= 240 && room.height >= 150;
  const style: CSSProperties = {};
  if (options.color === "value" && shown.color !== "") style.color = textColor(shown.color);
  const tint = options.color === "background" && shown.status !== "none" ? ` wstat--${shown.status}` : "";
  const extra = change !== null || options.note !== "";
  return (
    <div
      className={`wstat${large ? " wstat--large" : ""}${tint} ${highlight.look(series.key)}`}
      onPointerEnter={highlight.enter(series.key)}
      onPointerLeave={highlight.leave}
    >
      {options.sparkline && frame.times.length > 2 && room.height > 84 ? (
        <Spark className="wstat__spark" times={frame.times} values={series.values} window={window} color={color} area />
      ) : null}
      {named ? (
        <span className="wstat__name" title={series.name}>
          {series.name}
        </span>
      ) : null}
      <span className="wstat__value" style={style}>
        {shown.status === "none" || options.color === "none" ? null : (
          <span className="sr-only">{WORDS[shown.status]} </span>
        )}
        {shown.text}
        {shown.unit === "" ? null : <small>{shown.unit}</small>}
      </span>
      {extra && room.height > 56 ? (
        <span className="wstat__more">
          {change === null ? null : <ChangeText change={change} series={series} rising={options.rising} />}
          {change !== null && options.note !== "" ? " · " : ""}
          {options.note}
        </span>
      ) : null}
    </div>
  );
}

export default function StatView(props: WidgetProps<StatOptions>) {
  const series = present(props.data.frame).slice(0, 48);
  const highlight = useHighlight(series);
  const slots = slotsOf(series);
  const columns = tileColumns(series.length, props.width, props.height);
  const rows = Math.max(1, Math.ceil(series.length / columns));
  const room = { width: props.width / columns, height: props.height / rows };
  return (
    <div
      role="group"
      aria-label={`${props.title}, values`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
      tabIndex={0}
      className={`wstats${props.data.stale_ms === null ? "" : " is-stale"}`}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
    >
      {series.map((one, at) => {
        const value = reduceSeries(props.data.frame.times, one.values, props.options.value, props.data.window);
        const status = props.options.color === "none" ? "" : fieldText(value, one.format).color;
        const color = status === "" ? slotColor(one, slots[at], value) : `var(--${status})`;
        const tile = { series: one, color, named: series.length > 1, room, highlight };
        return <Tile key={one.key} {...props} {...tile} />;
      })}
    </div>
  );
}
