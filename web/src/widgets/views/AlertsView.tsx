import { BellOff } from "lucide-react";
import { formatDuration } from "../../data/duration";
import { formatMoment } from "../../data/timeRange";
import type { AlertsOptions } from "../kinds/alerts";
import type { WidgetData, WidgetMark, WidgetProps } from "../plugin";

const ORDER = ["crit", "warn", "info", "none", "ok"];
const WORDS = { ok: "resolved", info: "acknowledged", warn: "pending", crit: "firing", none: "open" };

/** Worst first, then the newest; only what began before now, and was open in the window. */
export function alertsOf(data: WidgetData, options: AlertsOptions): WidgetMark[] {
  const now = Math.min(data.now_ms, data.window.end_ms);
  return data.marks
    .filter((one) => one.kind === "alert" && one.time_ms <= now && (one.end_ms ?? Infinity) >= data.window.start_ms)
    .filter((one) => options.show === "all" || one.end_ms === null || one.end_ms > now)
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || b.time_ms - a.time_ms)
    .slice(0, options.limit);
}

/** Alerts of the dashboard's time. */
export default function AlertsView({ title, options, data, zone }: WidgetProps<AlertsOptions>) {
  const found = alertsOf(data, options);
  const now = Math.min(data.now_ms, data.window.end_ms);
  if (found.length === 0) {
    return (
      <div className="state">
        <BellOff className="icon" aria-hidden />
        <b>{options.show === "open" ? "No open alerts" : "No alerts in this range"}</b>
        <span>Alerts of the dashboard's time are listed here.</span>
      </div>
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <ul className="wlist" aria-label={title} tabIndex={0}>
      {found.map((one) => {
        const ended = one.end_ms !== null && one.end_ms <= now;
        const status = ended ? "ok" : one.status;
        const lasted = formatDuration(Math.min(one.end_ms ?? now, now) - one.time_ms);
        return (
          <li key={`${one.time_ms} ${one.title} ${one.text}`}>
            <i className={`st st--${status === "none" ? "unknown" : status}`} aria-hidden="true" />
            <span className="wlist__main">
              <b>{one.href === undefined ? one.title : <a href={one.href}>{one.title}</a>}</b>
              {one.text === "" ? null : <span className="muted">{one.text}</span>}
            </span>
            <span className="wlist__side num">
              {WORDS[status]}
              {options.times ? (
                <span className="muted">
                  {formatMoment(one.time_ms, zone, now - one.time_ms > 43_200_000, false)}, {lasted}
                </span>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
