import { Moment } from "../access/Moment";

/** When it was opened last, and how often. */
export function Seen({ of: { last_seen_ms, views } }: { of: { last_seen_ms: number; views: number } }) {
  return (
    <>
      <Moment at_ms={last_seen_ms} />
      {views > 1 ? <span className="muted num"> ({views} times)</span> : null}
    </>
  );
}
