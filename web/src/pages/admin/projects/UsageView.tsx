import { useQuery } from "@tanstack/react-query";
import type { Usage } from "../../../api/access";
import { projectPath } from "../../../api/access";
import { getJson } from "../../../api/http";
import type { Unit } from "../../../data/format";
import { format, formatCount } from "../../../data/format";
import { Section } from "../../../ui";
import { Problem } from "../../access/Problem";

const PACE_MS = 5000;
const NEAR = 0.8;

/** How full something is: 0 to 1, null without a limit. */
export function fullness(used: number, limit: number | null): { part: number; state: "" | "near" | "full" } | null {
  if (limit === null || limit <= 0) return null;
  const part = Math.min(1, used / limit);
  return { part, state: part >= 1 ? "full" : part >= NEAR ? "near" : "" };
}

/** What a project uses now of what it may. */
export function UsageView({ project }: { project: string }) {
  const path = `${projectPath(project)}/usage`;
  const { data, error, refetch } = useQuery({
    queryKey: ["usage", path],
    queryFn: async ({ signal }) => (await getJson<Usage>(path, signal)).data,
    refetchInterval: PACE_MS,
  });
  if (data === undefined) {
    return error === null ? <p className="muted">Loading</p> : <Problem error={error} retry={() => void refetch()} />;
  }
  const { series, ingest, storage, queries } = data;
  return (
    <Section title="Usage" note={error === null ? "now, every 5 s" : "the last that was known"}>
      <div className="usage">
        <Bar label="Active series" used={series.active} limit={series.limit} />
        <Bar label="New series this hour" used={series.new_this_hour} limit={series.new_limit} />
        <Bar label="Samples taken in" used={ingest.samples_per_s} limit={ingest.limit} unit="/s" />
        <Bar label="Storage" used={storage.bytes} limit={storage.limit} unit="bytes" />
        <Bar label="Queries running" used={queries.running} limit={queries.limit} />
      </div>
      {data.active_series_by_metric.length === 0 ? null : (
        <details>
          <summary className="soft cursor-pointer py-1">Metrics with the most series</summary>
          <dl className="facts pt-1">
            {data.active_series_by_metric.map(({ name, count }) => (
              <div key={name} className="contents">
                <dt className="num text-right">{formatCount(count)}</dt>
                <dd>
                  <code>{name}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Section>
  );
}

interface BarProps {
  label: string;
  used: number;
  limit: number | null;
  unit?: Unit;
}

function Bar({ label, used, limit, unit = "number" }: BarProps) {
  const full = fullness(used, limit);
  const show = (value: number): string => (unit === "number" ? formatCount(value) : format(value, unit));
  const states = { "": "", near: ", nearly full", full: ", full" };
  return (
    <div className="grid gap-1">
      <span className="label">{label}</span>
      <span className="num text-[length:var(--fs-xl)] leading-7 font-semibold">
        {show(used)}{" "}
        <span className="muted text-[length:var(--fs-xs)] font-normal">
          {limit === null ? "no limit" : `of ${show(limit)}${states[full?.state ?? ""]}`}
        </span>
      </span>
      {full === null ? null : (
        <span className="usage__bar" aria-hidden="true">
          <i data-full={full.state} style={{ width: `${full.part * 100}%` }} />
        </span>
      )}
    </div>
  );
}
