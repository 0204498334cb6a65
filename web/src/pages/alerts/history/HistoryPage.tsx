import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useMemo } from "react";
import { MOST_PERIODS, periodsWithin } from "../../../api/alerts";
import { alertAddress } from "../../../data/alertAddress";
import { formatDuration } from "../../../data/duration";
import type { Interval, Zone } from "../../../data/timeRange";
import { formatMoment } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { useTime } from "../../../queries/useTime";
import type { Column } from "../../../ui";
import { Badge, DataTable, EmptyState, Notice, Section } from "../../../ui";
import { Problem } from "../../access/Problem";
import { TimePicker } from "../../bar/TimePicker";
import { useTimeCommands } from "../../bar/useTimeCommands";
import { labelWords } from "../open/words";
import type { PastAlert } from "./past";
import { barsOf, pastAlerts } from "./past";

const A_DAY = { from: "now-24h", to: "now" };
const EVERY_MS = 15_000;
const WIDE = 600;
const HIGH = 12;
const NOW_MARKS = { firing: "crit", pending: "warn", over: "ok" } as const;

/** What fired when: one line for each alert of the chosen time. */
export function HistoryPage() {
  const { location } = useSession();
  const time = useTime(A_DAY);
  useTimeCommands(time);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ["history of alerts", time.windowKey],
    queryFn: async ({ signal }) => {
      const window = time.window();
      return { window, periods: await periodsWithin(window.start_ms, window.end_ms, signal) };
    },
    refetchInterval: time.moving && !time.paused ? EVERY_MS : false,
    placeholderData: (before) => before,
  });
  const rows = useMemo(() => (data === undefined ? undefined : pastAlerts(data.periods, data.window)), [data]);
  const columns = useMemo(() => columnsOf(data?.window ?? { start_ms: 0, end_ms: 1 }, time.zone), [data, time.zone]);
  if (error !== null && data === undefined) return <Problem error={error} retry={() => void refetch()} />;
  return (
    <Section title="What fired when" actions={<TimePicker time={time} />} flush>
      {data !== undefined && data.periods.length >= MOST_PERIODS ? (
        <div className="px-4 pb-2">
          <Notice kind="info">
            There is more: the newest {MOST_PERIODS} stretches are shown. Choose a shorter time.
          </Notice>
        </div>
      ) : null}
      <DataTable
        label="Alerts of the past"
        columns={columns}
        rows={rows}
        rowKey={(one) => one.key}
        busy={isFetching && rows !== undefined && rows.length > 0}
        filter="Find by label"
        onOpen={(one) => location.open(alertAddress(one.labels, one.last_ms))}
        empty={
          <EmptyState icon={History} title="Nothing was pending or fired">
            In the chosen time. A longer one may have more.
          </EmptyState>
        }
      />
    </Section>
  );
}

function columnsOf(window: Interval, zone: Zone): Column<PastAlert>[] {
  return [
    {
      id: "name",
      head: "Alert",
      cell: (one) => one.name,
      note: (one) => <small className="dtable__note muted">{labelWords(one.labels)}</small>,
      value: (one) => one.name.toLowerCase(),
      text: (one) =>
        `${one.name} ${Object.entries(one.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(" ")}`,
    },
    { id: "strip", head: "When", cell: (one) => <Strip alert={one} window={window} />, wideOnly: true },
    {
      id: "state",
      head: "Now",
      cell: (one) => <Badge status={NOW_MARKS[one.now]}>{one.now}</Badge>,
      value: (one) => Object.keys(NOW_MARKS).indexOf(one.now),
    },
    { id: "fired", head: "Fired", number: true, cell: (one) => `${one.fired}\u00d7`, value: (one) => one.fired },
    {
      id: "long",
      head: "For",
      number: true,
      cell: (one) => (one.fired === 0 ? "-" : formatDuration(one.firing_ms)),
      value: (one) => one.firing_ms,
    },
    {
      id: "last",
      head: "Last began",
      number: true,
      cell: (one) => formatMoment(one.last_ms, zone, true, true),
      value: (one) => one.last_ms,
    },
  ];
}

/** Bands over the chosen time: pending is lower than firing, so that they differ without colour. */
function Strip({ alert, window }: { alert: PastAlert; window: Interval }) {
  const said = `fired ${alert.fired} times, for ${formatDuration(alert.firing_ms)}`;
  return (
    <svg
      className="alert-strip"
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={said}
    >
      {barsOf(alert.periods, window, WIDE).map(({ x, width, state }, at) => (
        <rect
          key={at}
          x={x}
          width={width}
          y={state === "firing" ? 0 : HIGH / 2}
          height={state === "firing" ? HIGH : HIGH / 2}
          fill={state === "firing" ? "var(--crit)" : "var(--warn)"}
        />
      ))}
    </svg>
  );
}
