import type { Scaled } from "../../data/format";
import { format, scale } from "../../data/format";
import { usePanelData } from "../../queries/usePanelData";
import type { Time } from "../../queries/useTime";
import { StatTile } from "../../widgets/StatTile";
import { filesystems, latest, pick, total } from "./latest";
import type { Questions } from "./questions";
import type { HostInfo } from "./useHostInfo";

interface Props {
  asked: Questions;
  time: Time;
  info: HostInfo | null;
}

const DISK_WARN = 0.85;
const DISK_CRIT = 0.95;
const MEMORY_WARN = 0.9;

const shown = (value: number, unit: Parameters<typeof scale>[1]): Scaled | null =>
  Number.isNaN(value) ? null : scale(value, unit);

/** Four numbers that tell how the machine is. */
export function HostTiles({ asked, time, info }: Props) {
  return (
    <div className="tiles">
      <CpuTile asked={asked} time={time} />
      <MemoryTile asked={asked} time={time} info={info} />
      <DiskTile asked={asked} time={time} />
      <NetworkTile asked={asked} time={time} />
    </div>
  );
}

function CpuTile({ asked, time }: Omit<Props, "info">) {
  const rows = latest(usePanelData(asked.cpu, time).view);
  const loads = latest(usePanelData(asked.load, time).view);
  const busy = rows.length === 0 ? NaN : total(rows);
  const load = ["node_load1", "node_load5", "node_load15"].map((name) => pick(loads, "__name__", name));
  const more = load.some(Number.isNaN) ? "" : `load ${load.map((one) => one.toFixed(2)).join(", ")}`;
  return (
    <StatTile title="CPU" value={shown(busy, "percent")} more={more} share={Number.isNaN(busy) ? 0 : busy / 100} />
  );
}

function MemoryTile({ asked, time, info }: Props) {
  const rows = latest(usePanelData(asked.memory, time).view);
  const swap = latest(usePanelData(asked.swap, time).view);
  const used = pick(rows, "kind", "used");
  const cache = pick(rows, "kind", "cache");
  const whole = info?.memory_bytes ?? NaN;
  const share = used / whole;
  const swapped =
    pick(swap, "__name__", "node_memory_SwapTotal_bytes") - pick(swap, "__name__", "node_memory_SwapFree_bytes");
  const more = [
    Number.isNaN(cache) ? "" : `${format(cache, "bytes")} cache`,
    Number.isNaN(swapped) ? "" : `swap ${swapped === 0 ? "0" : format(swapped, "bytes")}`,
  ];
  return (
    <StatTile
      title="Memory"
      status={share > MEMORY_WARN ? "warn" : undefined}
      value={shown(used, "bytes")}
      of={whole > 0 ? `of ${format(whole, "bytes")}` : ""}
      more={more.filter((part) => part !== "").join(", ")}
      share={Number.isNaN(share) ? 0 : share}
    />
  );
}

function DiskTile({ asked, time }: Omit<Props, "info">) {
  const fullest = filesystems(latest(usePanelData(asked.filesystems, time).view))[0];
  if (fullest === undefined) return <StatTile title="Disk" value={null} more="" share={0} />;
  const { used, mountpoint, size_bytes, free_bytes } = fullest;
  return (
    <StatTile
      title={`Disk ${mountpoint}`}
      status={used > DISK_CRIT ? "crit" : used > DISK_WARN ? "warn" : undefined}
      value={{ text: (used * 100).toFixed(0), unit: "%" }}
      of={`of ${format(size_bytes, "bytes")}`}
      more={`${format(free_bytes, "bytes")} free`}
      share={used}
    />
  );
}

function NetworkTile({ asked, time }: Omit<Props, "info">) {
  const feed = usePanelData(asked.network, time);
  const errors = latest(usePanelData(asked.networkErrors, time).view)[0]?.value ?? NaN;
  const rows = latest(feed.view);
  const into = rows.filter((row) => row.labels["way"] === "in");
  const out = rows.filter((row) => row.labels["way"] === "out");
  if (feed.status === "ready" && rows.length === 0) {
    return <StatTile title="Network" value={null} more="no network device" />;
  }
  const more = [
    out.length === 0 ? "" : `${format(total(out), "bytes/s")} out`,
    Number.isNaN(errors) ? "" : `${Math.round(errors)} errors`,
  ];
  return (
    <StatTile
      title="Network"
      value={into.length === 0 ? null : scale(total(into), "bytes/s")}
      of="in"
      more={more.filter((part) => part !== "").join(", ")}
    />
  );
}
