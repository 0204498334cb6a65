import { formatDuration } from "../../data/duration";
import { fieldText, writeField } from "../../data/fieldFormat";
import { formatMoment } from "../../data/timeRange";
import { slotColor, slotsOf } from "../colors";
import type { Progress } from "../eta";
import { goalOf, progressOf } from "../eta";
import { LinkedName } from "../LinkedName";
import type { ProgressOptions } from "../kinds/progress";
import type { WidgetData, WidgetProps, WidgetSeries } from "../plugin";
import { present, reduceSeries } from "../reduce";
import type { Highlight } from "../useHighlight";
import { useHighlight } from "../useHighlight";

const DAY_MS = 86_400_000;
/** Further away than this a guess from the window says nothing. */
const FAR = 1000;

function etaText({ done, left_ms }: Progress, data: WidgetData, zone: string): string {
  if (done) return "done";
  const span = data.window.end_ms - data.window.start_ms;
  if (left_ms === null) return "does not move on";
  if (left_ms > span * FAR) return "not in sight";
  const at = data.window.end_ms + left_ms;
  return `${formatDuration(left_ms)} left, ${formatMoment(at, zone, left_ms > DAY_MS / 2, false)}`;
}

interface RowProps extends WidgetProps<ProgressOptions> {
  series: WidgetSeries;
  color: string;
  highlight: Highlight;
}

function Row({ series, color, options, data, zone, linksOf, highlight }: RowProps) {
  const { format } = series;
  const goal = goalOf(format, options.goal);
  const value = reduceSeries(data.frame.times, series.values, "last", data.window);
  const found = progressOf(
    data.frame.times,
    series.values,
    data.window,
    { from: format.min ?? 0, goal },
    options.over / 100,
  );
  const shown = fieldText(value, format);
  const percent = Number.isNaN(found.share) ? 0 : found.share * 100;
  return (
    <li
      className={highlight.look(series.key)}
      onPointerEnter={highlight.enter(series.key)}
      onPointerLeave={highlight.leave}
    >
      <span className="wprogress__head">
        <span className="wprogress__name" title={series.name}>
          <LinkedName name={series.name} links={linksOf(series, value, data.window.end_ms)} />
        </span>
        <b className="num">
          {shown.text}
          {shown.unit === "" ? null : <small>{shown.unit}</small>}
        </b>
      </span>
      <span
        className="wmeter__track"
        role="progressbar"
        aria-label={series.name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
      >
        <i
          style={{ left: 0, width: `${percent}%`, background: shown.color === "" ? color : `var(--${shown.color})` }}
        />
      </span>
      {options.eta || options.rate ? (
        <span className="wprogress__more num">
          {options.eta ? etaText(found, data, zone) : ""}
          {options.eta && options.rate ? " · " : ""}
          {options.rate ? `${writeField(found.rate * 60, { ...format, mappings: [] })} a minute` : ""}
        </span>
      ) : null}
    </li>
  );
}

/** How far things are, and when they will be done. */
export default function ProgressView(props: WidgetProps<ProgressOptions>) {
  const { data, title } = props;
  const series = present(data.frame).slice(0, 100);
  const highlight = useHighlight(series);
  const slots = slotsOf(series);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <ul className={`wprogress${data.stale_ms === null ? "" : " is-stale"}`} aria-label={title} tabIndex={0}>
      {series.map((one, at) => (
        <Row key={one.key} {...props} series={one} color={slotColor(one, slots[at], NaN)} highlight={highlight} />
      ))}
    </ul>
  );
}
