/** What the Host page asks. Windows grow with the step, so that no sample is skipped; gaps are never bridged. */

import { promDuration } from "../../data/duration";
import type { Question } from "../../queries/useSource";

const HOST = 'job="host"';
const REAL_DEVICES = 'device!~"lo|veth.*|docker.*|br-.*|virbr.*"';

const NAMES = [
  "cpu",
  "cores",
  "memory",
  "swap",
  "load",
  "network",
  "networkErrors",
  "disk",
  "filesystems",
  "processCpu",
  "processMemory",
  "processCount",
] as const;

type Name = (typeof NAMES)[number];

export type Questions = Readonly<Record<Name, Question>>;

/** One series for each way, told apart by a label. */
function ways(label: string, parts: readonly (readonly [string, string])[]): string {
  return parts.map(([value, expr]) => `label_replace(${expr}, "${label}", "${value}", "", "")`).join(" or ");
}

/** Per cent of the whole machine; nice counts as user, both kinds of interrupts are one. */
function cpuByKind(rates: string): string {
  const kinds = `label_replace(avg by (mode) (${rates}), "kind", "$1", "mode", "(.*)")`;
  const user = `label_replace(${kinds}, "kind", "user", "mode", "nice")`;
  return `100 * sum by (kind) (label_replace(${user}, "kind", "irq", "mode", "softirq"))`;
}

/** The questions for a step in milliseconds. */
export function questions(step_ms: number): Questions {
  const texts = expressions(step_ms);
  return Object.fromEntries(
    NAMES.map((name) => [name, { slot: `host ${name}`, promql: texts[name] }]),
  ) as unknown as Questions;
}

function expressions(step_ms: number): Record<Name, string> {
  const range = (least_ms: number): string => promDuration(Math.max(least_ms, step_ms + 1000));
  const rate = (selector: string): string => `rate(${selector}[${range(4000)}])`;
  const last = (selector: string): string => `last_over_time(${selector}[${range(3000)}])`;
  const memory = (name: string): string => last(`node_memory_${name}_bytes{${HOST}}`);
  const cache = `(${memory("Buffers")} + ${memory("Cached")} + ${memory("SReclaimable")})`;
  const network = (name: string): string =>
    `sum by (device) (${rate(`node_network_${name}{${HOST},${REAL_DEVICES}}`)})`;
  const slow = (selector: string, least_ms: number): string => `last_over_time(${selector}[${range(least_ms)}])`;
  return {
    cpu: cpuByKind(rate(`node_cpu_seconds_total{${HOST},mode!="idle"}`)),
    cores: `100 * clamp(1 - avg by (cpu) (${rate(`node_cpu_seconds_total{${HOST},mode="idle"}`)}), 0, 1)`,
    memory: ways("kind", [
      ["used", `sum(${memory("MemTotal")} - ${memory("MemFree")} - ${cache})`],
      ["cache", `sum${cache}`],
    ]),
    swap: last(`{__name__=~"node_memory_Swap(Total|Free)_bytes",${HOST}}`),
    load: last(`{__name__=~"node_load(1|5|15)",${HOST}}`),
    network: ways("way", [
      ["in", network("receive_bytes_total")],
      ["out", network("transmit_bytes_total")],
    ]),
    networkErrors: `sum(increase({__name__=~"node_network_(receive|transmit)_errs_total",${HOST}}[1m]))`,
    disk: ways("way", [
      ["read", `sum(${rate(`node_disk_read_bytes_total{${HOST}}`)})`],
      ["write", `sum(${rate(`node_disk_written_bytes_total{${HOST}}`)})`],
    ]),
    filesystems: slow(`{__name__=~"node_filesystem_(size|avail)_bytes",${HOST}}`, 40_000),
    processCpu: `100 * sum by (command) (rate(vedette_process_cpu_seconds_total{${HOST}}[${range(15_000)}]))`,
    processMemory: slow(`vedette_process_resident_bytes{${HOST}}`, 12_000),
    processCount: slow(`vedette_process_count{${HOST}}`, 12_000),
  };
}
