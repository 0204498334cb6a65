import { formatMoment } from "../../../data/timeRange";
import type { Zone } from "../../../data/timeRange";
import { EmptyState } from "../../../ui";
import type { Moment } from "./story";

/** What became of it, newest first. */
export function StoryList({ moments, zone }: { moments: readonly Moment[]; zone: Zone }) {
  if (moments.length === 0) return <EmptyState title="Nothing is known of it">Its series may be too old.</EmptyState>;
  return (
    <ol className="alert-story" aria-label="What became of it, newest first">
      {moments.map(({ time_ms, what, status, text, note }, at) => (
        <li key={`${time_ms} ${what} ${at}`}>
          <i className={`st st--${status}`} aria-hidden="true" />
          <time className="num muted" dateTime={new Date(time_ms).toISOString()}>
            {formatMoment(time_ms, zone, true, true)}
          </time>
          <div>
            <b>{text}</b>
            {note === "" ? null : <p className="soft">{note}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
