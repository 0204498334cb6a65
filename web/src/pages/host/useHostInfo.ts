import { useQuery } from "@tanstack/react-query";
import { instant } from "../../api/client";
import type { InstantSeries } from "../../api/client";

export interface HostInfo {
  name: string;
  system: string;
  cores: number;
  memory_bytes: number;
  boot_s: number;
}

const FACTS = '{__name__=~"node_uname_info|node_os_info|node_boot_time_seconds|node_memory_MemTotal_bytes",job="host"}';
const CORES = 'count(count by (cpu) (node_cpu_seconds_total{job="host"}))';

function readInfo(facts: readonly InstantSeries[], cores: readonly InstantSeries[]): HostInfo | null {
  const find = (name: string): InstantSeries | undefined => facts.find((one) => one.metric["__name__"] === name);
  const uname = find("node_uname_info")?.metric;
  if (uname === undefined) return null;
  const os = find("node_os_info")?.metric;
  return {
    name: uname["nodename"] ?? "this host",
    system: os?.["pretty_name"] ?? `${uname["sysname"] ?? ""} ${uname["release"] ?? ""}`.trim(),
    cores: Number(cores[0]?.value[1] ?? NaN),
    memory_bytes: Number(find("node_memory_MemTotal_bytes")?.value[1] ?? NaN),
    boot_s: Number(find("node_boot_time_seconds")?.value[1] ?? NaN),
  };
}

/** What this machine is; null when it is not collected. */
export function useHostInfo(): { info: HostInfo | null | undefined } {
  const { data } = useQuery({
    queryKey: ["host info"],
    queryFn: async ({ signal }) => {
      const [facts, cores] = await Promise.all([instant(FACTS, signal), instant(CORES, signal)]);
      return { info: readInfo(facts, cores) };
    },
    // right after a start the first samples are still on their way
    refetchInterval: (query) => (query.state.data?.info == null ? 2000 : 60_000),
  });
  return { info: data?.info };
}
