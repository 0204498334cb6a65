import { format } from "../../data/format";
import { formatDuration } from "../../data/duration";
import { useSession } from "../../queries/session";
import type { HostInfo } from "./useHostInfo";

function facts(info: HostInfo, now_ms: number): string {
  const parts = [info.system.replace(/ GNU\/Linux/, "").replace(/ \([^)]*\)$/, "")];
  if (info.cores > 0) parts.push(`${info.cores} ${info.cores === 1 ? "core" : "cores"}`);
  if (info.memory_bytes > 0) parts.push(format(info.memory_bytes, "bytes"));
  if (info.boot_s > 0) parts.push(`up ${formatDuration(now_ms - info.boot_s * 1000)}`);
  return parts.filter((part) => part !== "").join(", ");
}

/** The machine's name, whether it reports, and what it is. */
export function HostHead({ info, stale_ms }: { info: HostInfo | null | undefined; stale_ms: number | null }) {
  const { clock } = useSession();
  if (info === undefined || info === null) {
    return (
      <div className="host-head">
        <h2>This host</h2>
      </div>
    );
  }
  return (
    <div className="host-head">
      <h2>{info.name}</h2>
      {stale_ms === null ? (
        <span className="tag tag--ok">
          <i className="st st--ok" />
          Reporting
        </span>
      ) : (
        <span className="tag tag--warn">
          <i className="st st--warn" />
          Silent for {formatDuration(stale_ms)}
        </span>
      )}
      <p className="num">{facts(info, clock.now())}</p>
    </div>
  );
}
