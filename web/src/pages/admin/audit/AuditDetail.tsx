import { useSyncExternalStore } from "react";
import type { AuditLine } from "../../../api/access";
import { formatMoment } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Dialog } from "../../../ui";
import { actionWords } from "./filter";

/** All of one line. */
export function AuditDetail({ line, onClose }: { line: AuditLine; onClose: () => void }) {
  const { zone } = useSession();
  const shown = useSyncExternalStore(zone.watch, zone.read);
  const facts: [string, string][] = [
    ["Line", String(line.seq)],
    ["When", formatMoment(line.time_ms, shown, true, true)],
    ["Who", `${line.actor || line.actor_kind} (${line.actor_kind})`],
    ["Id", line.actor_id],
    ["Action", line.action],
    ["On", [line.object_kind, line.object_id].filter(Boolean).join(" ")],
    ["Project", line.project],
    ["From", line.address],
    ["Result", line.result],
    ...Object.entries(line.detail).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
    ["Request", line.request_id],
    ["Hash", line.hash],
    ["Hash before", line.previous_hash],
  ];
  return (
    <Dialog open onOpenChange={onClose} title={actionWords(line.action)} wide>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value], at) => (
            <div key={at} className="contents">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}
