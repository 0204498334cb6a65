import { format } from "../../data/format";
import { usePanelData } from "../../queries/usePanelData";
import type { Question } from "../../queries/useSource";
import type { Time } from "../../queries/useTime";
import { Panel } from "../../widgets/Panel";
import { filesystems, latest } from "./latest";

const WARN = 0.85;
const CRIT = 0.95;

function mark(used: number): "ok" | "warn" | "crit" {
  return used > CRIT ? "crit" : used > WARN ? "warn" : "ok";
}

export function FilesystemTable({ question, time }: { question: Question; time: Time }) {
  const feed = usePanelData(question, time);
  const rows = filesystems(latest(feed.view));
  if (feed.status === "ready" && rows.length === 0) return null;
  return (
    <Panel title="Filesystems" meta="fullest first" loading={feed.status === "loading"} auto>
      <table className="table">
        <thead>
          <tr>
            <th>Mounted at</th>
            <th className="opt">Type</th>
            <th className="num">Used</th>
            <th className="num">Free</th>
            <th className="num">Size</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 8).map((row) => (
            <tr key={row.mountpoint}>
              <td className="grow" title={row.mountpoint}>
                <i className={`st st--${mark(row.used)} mr-1.5`} role="img" aria-label={mark(row.used)} />
                {row.mountpoint}
              </td>
              <td className="opt muted">{row.fstype}</td>
              <td className="num">
                <span className="inline-flex items-center gap-2">
                  <span className="bar mt-0! w-14!">
                    <i style={{ width: `${row.used * 100}%` }} />
                  </span>
                  <span className="w-9">{(row.used * 100).toFixed(0)}&#8201;%</span>
                </span>
              </td>
              <td className="num">{format(row.free_bytes, "bytes")}</td>
              <td className="num">{format(row.size_bytes, "bytes")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
