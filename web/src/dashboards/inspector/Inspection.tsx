import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { RangeRequest } from "../../api/client";
import { COLUMNS_PATH, prometheus } from "../../api/client";
import { csvText } from "../../data/csv";
import { formatDuration } from "../../data/duration";
import { format, formatCount } from "../../data/format";
import { selectorText } from "../../data/labels";
import { alignInterval } from "../../data/step";
import type { Interval, Zone } from "../../data/timeRange";
import { formatMoment } from "../../data/timeRange";
import { useMay } from "../../queries/account";
import type { Answer, QuerySource } from "../../queries/source";
import { Button } from "../../ui";
import { CopyButton } from "../../ui/CopyButton";
import { TabStrip } from "../../ui/TabStrip";
import { download, fileName } from "../../widgets/download";
import { PlanView } from "./PlanView";

export type InspectorTab = "stats" | "plan" | "request" | "raw" | "curl";

/** A question that was asked, and what came back. */
export interface Inspected {
  /** Tells it apart from the others: `A`. */
  name: string;
  /** As it was sent. */
  promql: string;
  step_ms: number;
  interval: () => Interval;
  /** Differs when another window is meant. */
  windowKey: string;
  source: QuerySource;
  answer: Answer;
}

interface Props {
  asked: readonly Inspected[];
  zone: Zone;
  tab: InspectorTab;
  onTab: (tab: InspectorTab) => void;
}

const STAGES = ["queue", "parse", "plan", "index", "read", "evaluate", "encode"];
const RAW_ROWS = 500;
const RAW_SERIES = 20;

/** The request of a question, for the window of this moment. */
export const wishOf = ({ promql, step_ms, interval }: Inspected): RangeRequest => ({
  promql,
  ...alignInterval(interval(), step_ms),
  step_ms,
});

/** What queries cost and how they were asked, for people who want to know why. */
export function Inspection({ asked, zone, tab, onTab }: Props) {
  const may = useMay();
  const flags = useQuery({
    // who may not see the server's settings sees no share of its limits
    enabled: may("instance:admin"),
    queryKey: ["flags"],
    queryFn: ({ signal }) => prometheus<Record<string, string>>("status/flags", new URLSearchParams(), signal),
    staleTime: Infinity,
  });
  const limit = Number(flags.data?.["query.max_samples"] ?? NaN);
  const most = Math.max(...asked.map(({ answer }) => answer.stats.samples_peak ?? answer.stats.samples_read ?? 0));
  const share =
    limit > 0 ? `${((most / limit) * 100).toFixed(most / limit < 0.1 ? 2 : 1)}\u2009% of the sample limit` : "";
  const each = (content: (one: Inspected) => ReactNode): ReactNode =>
    asked.map((one) => (
      <div
        key={one.name}
        role="group"
        className="border-t border-line-subtle first:border-t-0"
        aria-label={`Query ${one.name}`}
      >
        {content(one)}
      </div>
    ));
  const rows = asked.reduce((sum, one) => sum + one.source.matrix.view().times_ms.length, 0);
  return (
    <TabStrip<InspectorTab>
      label="Inspector"
      inset
      value={tab}
      onChange={onTab}
      aside={
        <span
          className="muted num wide-only pl-3 text-[length:var(--fs-xs)] whitespace-nowrap"
          title={limit > 0 ? `Limit: ${formatCount(limit)} samples` : ""}
        >
          {share}
        </span>
      }
      tabs={[
        {
          value: "stats",
          label: "Stats",
          content: each((one) => <Stats one={one} zone={zone} several={asked.length > 1} />),
        },
        {
          value: "plan",
          label: "Plan",
          content: each((one) => <PlanView one={one} />),
        },
        { value: "request", label: "Request", content: each((one) => <Snippet text={requestText(one)} />) },
        {
          value: "raw",
          label: "Raw data",
          note: `${formatCount(rows)} rows`,
          content: each((one) => <RawData one={one} zone={zone} />),
        },
        { value: "curl", label: "cURL", content: each((one) => <Snippet text={curlText(one)} />) },
      ]}
    />
  );
}

function Stats({ one, zone, several }: { one: Inspected; zone: Zone; several: boolean }) {
  const { stats, query_time_ms, bytes, total_points } = one.answer;
  const last = one.source.matrix.lastTime;
  const count = (value: number | undefined): string => (value === undefined ? "-" : formatCount(value));
  return (
    <div className="insp">
      <div>
        <Facts
          rows={[
            [
              several ? `${one.name}: series read` : "Series read",
              `${count(stats.series_read)} to ${formatCount(one.source.matrix.seriesCount)}`,
            ],
            ["Samples read", count(stats.samples_read)],
            ["Bytes read", format(stats.bytes_read ?? NaN, "bytes")],
            ["Chunks read", count(stats.chunks_read)],
            ["Peak samples", count(stats.samples_peak)],
          ]}
        />
      </div>
      <div>
        <Facts
          rows={[
            ["Step", formatDuration(one.step_ms)],
            ["Points", formatCount(total_points)],
            ["Answer", format(bytes, "bytes")],
            ["Took", `${query_time_ms.toFixed(1)}\u2009ms`],
            ["Data until", last === null ? "-" : formatMoment(last, zone, false, true)],
          ]}
        />
      </div>
      <Stages timings_s={stats.timings_s ?? {}} />
    </div>
  );
}

function Facts({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className="kv">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Stages({ timings_s }: { timings_s: Readonly<Record<string, number>> }) {
  const stages = STAGES.filter((name) => timings_s[name] !== undefined);
  const total = stages.reduce((sum, name) => sum + (timings_s[name] ?? 0), 0);
  const before = (at: number): number => stages.slice(0, at).reduce((sum, name) => sum + (timings_s[name] ?? 0), 0);
  return (
    <div>
      {stages.map((name, at) => {
        const took_s = timings_s[name] ?? 0;
        return (
          <div key={name} className="phase">
            <span className="capitalize">{name}</span>
            <span>
              <i
                style={{
                  marginLeft: `${(before(at) / total) * 100}%`,
                  width: `${Math.max(1, (took_s / total) * 100)}%`,
                }}
              />
            </span>
            <b>{(took_s * 1000).toFixed(2)}&#8201;ms</b>
          </div>
        );
      })}
    </div>
  );
}

function requestText(one: Inspected): string {
  return `POST ${COLUMNS_PATH}\n${JSON.stringify(wishOf(one), null, 2)}`;
}

/** For a POSIX shell: in single quotes nothing is special but the single quote. */
function curlText(one: Inspected): string {
  const body = JSON.stringify(wishOf(one)).replaceAll("'", `'\\''`);
  return `curl ${location.origin}${COLUMNS_PATH} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function Snippet({ text }: { text: string }) {
  return (
    <div className="snippet mb-3">
      <CopyButton text={text} />
      <pre className="code">{text}</pre>
    </div>
  );
}

/** Every row of an answer: moments as the zone has them, a column for each series. */
function rawCsv(one: Inspected, zone: Zone): string {
  const { times_ms, series } = one.source.matrix.view();
  const head = ["time", ...series.map(({ labels }) => selectorText(labels))];
  const rows = Array.from(times_ms, (time_ms, row) => [
    formatMoment(time_ms, zone, true, true),
    ...series.map(({ values }) => values[row] ?? NaN),
  ]);
  return csvText([head, ...rows]);
}

function RawData({ one, zone }: { one: Inspected; zone: Zone }) {
  const view = one.source.matrix.view();
  const first = Math.max(0, view.times_ms.length - RAW_ROWS);
  const series = view.series.slice(0, RAW_SERIES);
  const rows = Array.from(view.times_ms.subarray(first), (time_ms, at) => ({ time_ms, row: first + at })).reverse();
  return (
    <>
      <div className="insp__tools">
        <Button
          small
          icon={Download}
          onClick={() => download(fileName(`query-${one.name}`, "csv"), "text/csv;charset=utf-8", rawCsv(one, zone))}
        >
          CSV of {one.name}
        </Button>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys */}
      <div className="max-h-80 overflow-auto" role="group" aria-label={`Raw data of ${one.name}`} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th>Time</th>
              {series.map(({ key, labels }) => (
                <th key={key} className="num mono" title={selectorText(labels)}>
                  <span className="inline-block max-w-60 truncate align-bottom">{selectorText(labels)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time_ms, row }) => (
              <tr key={time_ms}>
                <td className="num text-left!">{formatMoment(time_ms, zone, true, true)}</td>
                {series.map(({ key, values }) => (
                  <td key={key} className="num">
                    {Number.isNaN(values[row] ?? NaN) ? "" : String(values[row])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
