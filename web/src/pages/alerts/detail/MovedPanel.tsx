import { useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import { instant, rangeColumns } from "../../../api/client";
import { formatDuration } from "../../../data/duration";
import { format } from "../../../data/format";
import type { Labels } from "../../../data/labels";
import { identity, selectorText } from "../../../data/labels";
import { wireValue } from "../../../data/matrix";
import { alignInterval, chooseStep } from "../../../data/step";
import type { Interval } from "../../../data/timeRange";
import { unitOf } from "../../../data/units";
import { useSession } from "../../../queries/session";
import type { Column } from "../../../ui";
import { DataTable, EmptyState, Notice, Section } from "../../../ui";
import { Spark } from "../../../widgets/Spark";
import { Problem } from "../../access/Problem";
import type { Event, Moved } from "./moved";
import { neighboursOf, whatMoved } from "./moved";
import type { Incident } from "./story";

const MINUTE_MS = 60_000;
const BEFORE_MS = 30 * MINUTE_MS;
/** The first hour of an event tells what moved with it. */
const DURING_MS = 60 * MINUTE_MS;
const POINTS = 120;
const MOST_SERIES = 5000;
const SHOWN = 12;

interface Found {
  series: number;
  moved: Moved[];
}

async function ask(promql: string, event: Event, without: readonly string[], signal: AbortSignal): Promise<Found> {
  const [counted] = await instant(`count(${promql})`, signal, event.start_ms);
  const series = Number(counted?.value[1] ?? 0);
  if (series > MOST_SERIES) return { series, moved: [] };
  const span: Interval = { start_ms: event.start_ms - BEFORE_MS, end_ms: event.end_ms };
  const step_ms = chooseStep(span.end_ms - span.start_ms, POINTS);
  const { data } = await rangeColumns({ promql, step_ms, ...alignInterval(span, step_ms) }, signal);
  const view = {
    step_ms,
    times_ms: Float64Array.from(data.timestamps_ms),
    series: data.series.map(({ labels, values }) => ({
      key: identity(labels),
      labels,
      values: Float64Array.from(values, wireValue),
    })),
  };
  return { series, moved: whatMoved(view, event, without, SHOWN) };
}

interface Props {
  labels: Labels;
  incident: Incident;
  /** Other times that it was open. */
  others: readonly Incident[];
  /** Metrics that the rule itself reads. */
  without: readonly string[];
}

/** Other series of the same place that changed when it began. */
export function MovedPanel({ labels, incident, others, without }: Props) {
  const { clock, location } = useSession();
  const near = neighboursOf(labels);
  const { start_ms, end_ms } = incident;
  // an open event is looked at anew every minute
  const upTo_ms = end_ms ?? Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
  const event: Event = {
    start_ms,
    end_ms: Math.min(Math.max(upTo_ms, start_ms + MINUTE_MS), start_ms + DURING_MS),
    others: others
      .filter((one) => one.start_ms < start_ms && (one.end_ms ?? start_ms) > start_ms - BEFORE_MS)
      .map((one) => ({ start_ms: one.start_ms, end_ms: one.end_ms ?? start_ms })),
  };
  const { data, error, refetch } = useQuery({
    queryKey: ["what moved", near?.promql, event, without],
    queryFn: ({ signal }) => ask(near?.promql ?? "", event, without, signal),
    enabled: near !== null,
    placeholderData: (before) => before,
  });
  if (near === null) return null;
  const window = { start_ms: start_ms - BEFORE_MS, end_ms: event.end_ms };
  const explore = ({ labels: own, isRate }: Moved): void => {
    const promql = isRate ? `rate(${selectorText(own)}[1m])` : selectorText(own);
    const asked = { q: promql, from: String(Math.round(window.start_ms)), to: String(Math.round(window.end_ms)) };
    location.open(`/explore?${new URLSearchParams(asked).toString()}`);
  };
  return (
    <Section title="What else moved" note={`${near.place}, against the ${formatDuration(BEFORE_MS)} before`} flush>
      {error !== null ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : data !== undefined && data.series > MOST_SERIES ? (
        <div className="px-4 pb-4">
          <Notice kind="info">{data.series} series are of this place, too many to compare them all.</Notice>
        </div>
      ) : (
        <DataTable
          label="What else moved"
          columns={columnsOf(labels, window)}
          rows={data?.moved}
          rowKey={(one) => one.key}
          onOpen={explore}
          empty={
            <EmptyState icon={Activity} title="Nothing else moved">
              {data?.series ?? 0} series of this place stayed as they were.
            </EmptyState>
          }
        />
      )}
    </Section>
  );
}

/** What of its labels the alert does not already say. */
const restOf = (own: Labels, alert: Labels): string =>
  Object.entries(own)
    .filter(([name, value]) => name !== "__name__" && alert[name] !== value)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

function columnsOf(alert: Labels, window: Interval): Column<Moved>[] {
  const write = (one: Moved, value: number): string =>
    format(value, unitOf([one.isRate ? `rate(${one.name}[1m])` : one.name]));
  return [
    {
      id: "name",
      head: "Series",
      cell: (one) => one.name,
      note: (one) => <small className="dtable__note muted">{restOf(one.labels, alert)}</small>,
      value: (one) => one.name,
    },
    {
      id: "line",
      head: "Course",
      cell: (one) => (
        <Spark className="alert-spark" times={one.times_ms} values={one.values} window={window} color="var(--s1)" />
      ),
      wideOnly: true,
    },
    { id: "before", head: "Before", number: true, cell: (one) => write(one, one.before), value: (one) => one.before },
    { id: "during", head: "Then", number: true, cell: (one) => write(one, one.during), value: (one) => one.during },
  ];
}
