import { CalendarOff } from "lucide-react";
import { formatDuration } from "../../data/duration";
import { formatMoment } from "../../data/timeRange";
import type { LogOptions } from "../kinds/log";
import type { WidgetData, WidgetMark, WidgetProps } from "../plugin";

const KINDS = { annotation: "note", alert: "alert", gap: "no data" };

/** What happened in the window up to now, in order of time. */
export function eventsOf(data: WidgetData, options: LogOptions): WidgetMark[] {
  const sign = options.order === "newest" ? -1 : 1;
  return data.marks
    .filter((one) => one.time_ms <= data.window.end_ms && (one.end_ms ?? one.time_ms) >= data.window.start_ms)
    .filter((one) => options.gaps || one.kind !== "gap")
    .sort((a, b) => sign * (a.time_ms - b.time_ms))
    .slice(0, options.limit);
}

/** Events as a table. */
export default function LogView({ title, options, data, zone }: WidgetProps<LogOptions>) {
  const found = eventsOf(data, options);
  if (found.length === 0) {
    return (
      <div className="state">
        <CalendarOff className="icon" aria-hidden />
        <b>No events in this range</b>
        <span>Annotations, alerts and gaps in the data are listed here.</span>
      </div>
    );
  }
  const long = data.window.end_ms - data.window.start_ms > 43_200_000;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <div className="wtable__scroll wlog" role="region" aria-label={`${title}, events`} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Kind</th>
            <th scope="col">What</th>
            <th scope="col" className="num opt">
              Lasted
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map((one) => (
            <tr key={`${one.time_ms} ${one.kind} ${one.title}`}>
              <td className="num">{formatMoment(one.time_ms, zone, long, true)}</td>
              <td className="muted">
                {one.status === "none" ? null : <i className={`st st--${one.status}`} aria-hidden="true" />}{" "}
                {KINDS[one.kind]}
              </td>
              <td className="wtable__text" title={one.text}>
                {one.title} {one.text === "" ? null : <span className="muted">{one.text}</span>}
              </td>
              <td className="num opt">{one.end_ms === null ? "" : formatDuration(one.end_ms - one.time_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
