import { useQuery } from "@tanstack/react-query";
import { prometheus } from "../../api/client";
import { formatDuration, parseDuration } from "../../data/duration";
import { format, formatCount } from "../../data/format";
import { usePanelData } from "../../queries/usePanelData";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { latest, pick } from "./latest";

const STATE = {
  slot: "server state",
  promql: '{__name__=~"vedette_tsdb_(head_series|head_samples|blocks)|vedette_server_disk_free_bytes"}',
};
const CPU = { slot: "server cpu", promql: 'rate(process_cpu_seconds_total{job="vedette"}[15s])' };
const MEMORY = { slot: "server memory", promql: 'process_resident_memory_bytes{job="vedette"}' };
const REFRESH_MS = 30_000;

/** What this server holds and what it costs the machine. */
export function AboutServer({ time }: { time: Time }) {
  const { clock } = useSession();
  const state = latest(usePanelData(STATE, time).view);
  const cpu = latest(usePanelData(CPU, time).view)[0]?.value ?? NaN;
  const memory = latest(usePanelData(MEMORY, time).view)[0]?.value ?? NaN;
  const { data: runtime } = useQuery({
    queryKey: ["runtime"],
    queryFn: ({ signal }) =>
      prometheus<{ startTime: string; storageRetention: string }>("status/runtimeinfo", new URLSearchParams(), signal),
    refetchInterval: REFRESH_MS,
  });
  const known = (value: number, write: (value: number) => string): string => (Number.isNaN(value) ? "-" : write(value));
  const gauge = (name: string): number => pick(state, "__name__", name);
  const bytes = (value: number): string => format(value, "bytes");
  const up_ms = runtime === undefined ? NaN : clock.now() - Date.parse(runtime.startTime);
  return (
    <section className="card pb-3" aria-label="This server">
      <h2>This server</h2>
      <dl className="kv mx-4 mt-2">
        <dt>CPU of one core</dt>
        <dd>{known(cpu * 100, (value) => format(value, "percent"))}</dd>
        <dt>Memory</dt>
        <dd>{known(memory, bytes)}</dd>
        <dt>Series</dt>
        <dd>{known(gauge("vedette_tsdb_head_series"), formatCount)}</dd>
        <dt>Samples in memory</dt>
        <dd>{known(gauge("vedette_tsdb_head_samples"), formatCount)}</dd>
        <dt>Blocks on disk</dt>
        <dd>{known(gauge("vedette_tsdb_blocks"), formatCount)}</dd>
        <dt>Disk left for data</dt>
        <dd>{known(gauge("vedette_server_disk_free_bytes"), bytes)}</dd>
        <dt>Kept for</dt>
        <dd>{known(parseDuration(runtime?.storageRetention ?? "") ?? NaN, formatDuration)}</dd>
        <dt>Running for</dt>
        <dd>{known(up_ms, (value) => formatDuration(Math.max(1000, Math.floor(value / 1000) * 1000)))}</dd>
      </dl>
    </section>
  );
}
