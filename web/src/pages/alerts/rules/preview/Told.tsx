import { useMemo, useState } from "react";
import type { Backtest, Band, Told } from "../../../../api/rules";
import { formatDuration } from "../../../../data/duration";
import { format, formatCount } from "../../../../data/format";
import type { Unit } from "../../../../data/format";
import type { Interval, Zone } from "../../../../data/timeRange";
import { formatMoment } from "../../../../data/timeRange";
import type { Column } from "../../../../ui";
import { Badge, DataTable, TabStrip } from "../../../../ui";
import { ownLabels } from "./replay";

interface Props {
  replay: Backtest;
  interval: Interval;
  zone: Zone;
  unit: Unit;
  /** Shows a stretch closely. */
  zoomTo: (start_ms: number, end_ms: number) => void;
}

const MOST = 5000;
const MARGIN = 3;
const LEAST_MARGIN_MS = 60_000;

/** When it would have fired, and what people would have been told. */
export function ToldView({ replay, interval, zone, unit, zoomTo }: Props) {
  const [tab, setTab] = useState<"fired" | "told">("fired");
  const fired = useMemo(
    () =>
      replay.bands
        .filter((one) => one.state === "firing")
        .slice(-MOST)
        .reverse(),
    [replay.bands],
  );
  const told = useMemo(() => replay.notifications.slice(-MOST).reverse(), [replay.notifications]);
  const sets = useMemo(() => replay.bands.map((one) => one.labels), [replay.bands]);
  const labelsOf = (labels: Band["labels"]): string =>
    ownLabels(labels, sets.slice(0, MOST))
      .map(([name, value]) => `${name}=${value}`)
      .join(", ");
  const until = (band: Band): number => band.end_ms ?? interval.end_ms;
  const closely = (band: Band): void => {
    const margin_ms = Math.max(LEAST_MARGIN_MS, (until(band) - band.start_ms) * MARGIN);
    zoomTo(band.start_ms - margin_ms, until(band) + margin_ms);
  };
  const bandColumns: Column<Band>[] = [
    { id: "start", head: "Start", cell: (one) => formatMoment(one.start_ms, zone, true, true) },
    {
      id: "lasted",
      head: "Lasted",
      number: true,
      value: (one) => until(one) - one.start_ms,
      cell: (one) => (
        <>
          {one.end_ms === null ? "still, " : ""}
          {formatDuration(until(one) - one.start_ms)}
        </>
      ),
    },
    {
      id: "value",
      head: "Value",
      number: true,
      value: (one) => one.value,
      cell: (one) => (one.value === null ? "-" : format(one.value, unit)),
    },
    { id: "labels", head: "Labels", cell: (one) => <code className="rule-labels">{labelsOf(one.labels)}</code> },
  ];
  const toldColumns: Column<Told>[] = [
    { id: "time", head: "Time", cell: (one) => formatMoment(one.time_ms, zone, true, true) },
    {
      id: "state",
      head: "State",
      cell: (one) => <Badge status={one.state === "firing" ? "crit" : "ok"}>{one.state}</Badge>,
    },
    {
      id: "summary",
      head: "Reads",
      cell: (one) => one.annotations["summary"] ?? one.annotations["description"] ?? one.labels["alertname"],
    },
    { id: "labels", head: "Labels", cell: (one) => <code className="rule-labels">{labelsOf(one.labels)}</code> },
  ];
  return (
    <TabStrip
      label="What would have happened"
      inset
      value={tab}
      onChange={setTab}
      tabs={[
        {
          value: "fired",
          label: "Would have fired",
          note: formatCount(fired.length),
          content: (
            <DataTable
              label="Would have fired"
              columns={bandColumns}
              rows={fired}
              rowKey={(one) => `${one.start_ms} ${JSON.stringify(one.labels)}`}
              empty={<p className="muted px-4 py-3">It would not have fired in this range.</p>}
              onOpen={closely}
            />
          ),
        },
        {
          value: "told",
          label: "Notifications",
          note: formatCount(told.length),
          content: (
            <DataTable
              label="Notifications"
              columns={toldColumns}
              rows={told}
              rowKey={(one) => `${one.time_ms} ${one.state} ${JSON.stringify(one.labels)}`}
              empty={<p className="muted px-4 py-3">Nobody would have been told of anything.</p>}
            />
          ),
        },
      ]}
    />
  );
}
