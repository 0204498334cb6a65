import { ArrowDown } from "lucide-react";
import { useState } from "react";
import { format } from "../../data/format";
import { usePanelData } from "../../queries/usePanelData";
import type { Time } from "../../queries/useTime";
import { Panel } from "../../widgets/Panel";
import { latest, pick } from "./latest";
import type { Questions } from "./questions";

type Order = "cpu" | "memory";

interface Row {
  command: string;
  count: number;
  cpu: number;
  memory: number;
}

const SHOWN = 8;
/** A command without memory of its own is listed when it takes this much, in per cent. */
const LEAST_CPU = 0.05;

/** What runs on this machine, by command. */
export function ProcessTable({ asked, time }: { asked: Questions; time: Time }) {
  const [order, setOrder] = useState<Order>("cpu");
  const cpu = latest(usePanelData(asked.processCpu, time).view);
  const feed = usePanelData(asked.processMemory, time);
  const counts = latest(usePanelData(asked.processCount, time).view);
  const rows = latest(feed.view).map<Row>(({ labels, value }) => {
    const command = labels["command"] ?? "";
    return { command, memory: value, cpu: pick(cpu, "command", command), count: pick(counts, "command", command) };
  });
  if (feed.status === "ready" && rows.length === 0) return null;
  const alive = rows.filter((row) => row.memory > 0 || row.cpu >= LEAST_CPU);
  alive.sort((a, b) => (Number.isNaN(a[order]) ? 1 : Number.isNaN(b[order]) ? -1 : b[order] - a[order]));
  const head = (name: Order, word: string) => (
    <th className="num" aria-sort={order === name ? "descending" : "none"}>
      <button type="button" onClick={() => setOrder(name)}>
        {word} {order === name ? <ArrowDown className="icon icon--xs inline" aria-hidden /> : null}
      </button>
    </th>
  );
  return (
    <Panel
      title="Top processes"
      meta={order === "cpu" ? "by CPU" : "by memory"}
      loading={feed.status === "loading"}
      auto
    >
      <table className="table">
        <thead>
          <tr>
            <th>Process</th>
            {head("cpu", "CPU")}
            {head("memory", "Memory")}
          </tr>
        </thead>
        <tbody>
          {alive.slice(0, SHOWN).map((row) => (
            <tr key={row.command}>
              <td className="grow" title={row.command}>
                {row.command} {row.count > 1 ? <span className="muted">{row.count} procs</span> : null}
              </td>
              <td className="num">{Number.isNaN(row.cpu) ? "-" : `${row.cpu.toFixed(row.cpu < 10 ? 1 : 0)}\u2009%`}</td>
              <td className="num">{format(row.memory, "bytes")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
