import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { COLUMNS_PATH, prometheus } from "../../api/client";
import { formatDuration } from "../../data/duration";
import { format, formatCount } from "../../data/format";
import { selectorText } from "../../data/labels";
import { alignInterval } from "../../data/step";
import { formatMoment } from "../../data/timeRange";
import type { Answer, QuerySource } from "../../queries/source";
import type { Time } from "../../queries/useTime";
import { CopyButton } from "../../ui/CopyButton";
import { TabStrip } from "../../ui/TabStrip";
import type { ExploreState, InspectorTab } from "./exploreState";
import { letter } from "./exploreState";
import { PlanView } from "./PlanView";

interface Props {
  state: ExploreState;
  sources: readonly QuerySource[];
  time: Time;
  change: (next: Partial<ExploreState>) => void;
}

interface Inspected {
  letter: string;
  promql: string;
  source: QuerySource;
  answer: Answer;
}

const STAGES = ["queue", "parse", "plan", "index", "read", "evaluate", "encode"];
const RAW_ROWS = 500;

/** What a query cost and how it was asked, for people who want to know why. */
export function Inspector({ state, sources, time, change }: Props) {
  const flags = useQuery({
    queryKey: ["flags"],
    queryFn: ({ signal }) => prometheus<Record<string, string>>("status/flags", new URLSearchParams(), signal),
    staleTime: Infinity,
  });
  const asked = sources.flatMap<Inspected>((source, at) => {
    const { answer } = source.read();
    const promql = state.queries[at] ?? "";
    return answer === null || promql.trim() === "" ? [] : [{ letter: letter(at), promql, source, answer }];
  });
  if (asked.length === 0) return null;
  const limit = Number(flags.data?.["query.max_samples"] ?? NaN);
  const most = Math.max(...asked.map(({ answer }) => answer.stats.samples_peak ?? answer.stats.samples_read ?? 0));
  const share =
    limit > 0 ? `${((most / limit) * 100).toFixed(most / limit < 0.1 ? 2 : 1)}\u2009% of the sample limit` : "";
  const each = (content: (one: Inspected) => ReactNode): ReactNode =>
    asked.map((one) => (
      <div
        key={one.letter}
        role="group"
        className="border-t border-line-subtle first:border-t-0"
        aria-label={`Query ${one.letter}`}
      >
        {content(one)}
      </div>
    ));
  const rows = asked.reduce((sum, one) => sum + one.source.matrix.view().times_ms.length, 0);
  return (
    <div className="card">
      <TabStrip<InspectorTab>
        label="Inspector"
        inset
        value={state.tab}
        onChange={(tab) => change({ tab })}
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
            content: each((one) => <Stats one={one} time={time} several={asked.length > 1} />),
          },
          {
            value: "plan",
            label: "Plan",
            content: each((one) => <PlanView letter={one.letter} promql={one.promql} time={time} />),
          },
          { value: "request", label: "Request", content: each((one) => <Snippet text={requestText(one, time)} />) },
          {
            value: "raw",
            label: "Raw data",
            note: `${formatCount(rows)} rows`,
            content: each((one) => <RawData one={one} time={time} />),
          },
          { value: "curl", label: "cURL", content: each((one) => <Snippet text={curlText(one, time)} />) },
        ]}
      />
    </div>
  );
}

function Stats({ one, time, several }: { one: Inspected; time: Time; several: boolean }) {
  const { stats, query_time_ms, bytes, total_points } = one.answer;
  const last = one.source.matrix.lastTime;
  const count = (value: number | undefined): string => (value === undefined ? "-" : formatCount(value));
  return (
    <div className="insp">
      <div>
        <Facts
          rows={[
            [
              several ? `${one.letter}: series read` : "Series read",
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
            ["Step", formatDuration(time.step_ms)],
            ["Points", formatCount(total_points)],
            ["Answer", format(bytes, "bytes")],
            ["Took", `${query_time_ms.toFixed(1)}\u2009ms`],
            ["Data until", last === null ? "-" : formatMoment(last, time.zone, false, true)],
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

function requestBody({ promql }: Inspected, time: Time): Record<string, string | number> {
  return { promql, ...alignInterval(time.window(), time.step_ms), step_ms: time.step_ms };
}

function requestText(one: Inspected, time: Time): string {
  return `POST ${COLUMNS_PATH}\n${JSON.stringify(requestBody(one, time), null, 2)}`;
}

/** For a POSIX shell: in single quotes nothing is special but the single quote. */
function curlText(one: Inspected, time: Time): string {
  const body = JSON.stringify(requestBody(one, time)).replaceAll("'", `'\\''`);
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

function RawData({ one, time }: { one: Inspected; time: Time }) {
  const view = one.source.matrix.view();
  const first = Math.max(0, view.times_ms.length - RAW_ROWS);
  const series = view.series.slice(0, 20);
  const rows = Array.from(view.times_ms.subarray(first), (time_ms, at) => ({ time_ms, row: first + at })).reverse();
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <div className="max-h-80 overflow-auto" role="group" aria-label={`Raw data of ${one.letter}`} tabIndex={0}>
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
              <td className="num text-left!">{formatMoment(time_ms, time.zone, true, true)}</td>
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
  );
}
