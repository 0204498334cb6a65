import type { ReactNode } from "react";
import type { Crumb } from "../../ui";
import { Badge, PageHeader } from "../../ui";
import { describeRange, formatMoment } from "../../data/timeRange";
import { useMarks } from "../../dashboards/marks/useMarks";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { LiveBadge } from "../bar/LiveBadge";

interface Props {
  title: string;
  time: Time;
  /** When its data was taken; 0: it is not a snapshot. */
  taken_ms?: number;
  /** When it ends; 0: that is not told. */
  ends_ms: number;
  crumbs?: readonly Crumb[];
  children?: ReactNode;
}

/** The name of what was given away, its time, and how long it is there. */
export function FrozenHeader({ title, time, taken_ms = 0, ends_ms, crumbs = [], children }: Props) {
  const { clock } = useSession();
  const missing = useMarks().sources.filter((one) => one.error !== null);
  const at = (moment_ms: number): string => formatMoment(moment_ms, time.zone, true, false);
  return (
    <PageHeader
      title={title}
      crumbs={crumbs}
      status={taken_ms > 0 ? <Badge>Snapshot of {at(taken_ms)}</Badge> : <Badge>Shared</Badge>}
    >
      {missing.length === 0 ? null : (
        <Badge status="warn">Without marks: {missing.map((one) => one.source.name).join(", ")}</Badge>
      )}
      {time.moving ? <LiveBadge time={time} stale_ms={null} paced={false} /> : null}
      <span className="soft num frozen-range">{describeRange(time.range, clock.now(), time.zone)}</span>
      {ends_ms > 0 ? <span className="muted num frozen-ends">until {at(ends_ms)}</span> : null}
      {children}
    </PageHeader>
  );
}
