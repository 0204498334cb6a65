import { useState } from "react";
import { useMay } from "../../queries/account";
import type { Time } from "../../queries/useTime";
import { Dialog, TabStrip } from "../../ui";
import { LinkTab } from "./LinkTab";
import { PublicTab } from "./PublicTab";
import { SnapshotTab } from "./SnapshotTab";

type TabName = "link" | "public" | "snapshot" | "embed";

/** All ways to show the open dashboard to others. */
export default function ShareDialog({ time, close }: { time: Time; close: () => void }) {
  const may = useMay();
  const [tab, setTab] = useState<TabName>("link");
  const mayGive = may("documents:write") && may("metrics:read");
  const tabs = [
    { value: "link" as const, label: "Link", content: <LinkTab time={time} /> },
    ...(mayGive
      ? [
          {
            value: "public" as const,
            label: "Public link",
            content: <PublicTab time={time} as="page" close={close} />,
          },
          { value: "snapshot" as const, label: "Snapshot", content: <SnapshotTab time={time} close={close} /> },
          { value: "embed" as const, label: "Embed", content: <PublicTab time={time} as="frame" close={close} /> },
        ]
      : []),
  ];
  return (
    <Dialog open onOpenChange={close} title="Share">
      <TabStrip
        label="Ways to share"
        value={tab}
        onChange={setTab}
        tabs={tabs.map((one) => ({ ...one, content: <div className="pt-4">{one.content}</div> }))}
      />
    </Dialog>
  );
}
