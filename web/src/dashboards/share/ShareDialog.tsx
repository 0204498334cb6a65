import { useState } from "react";
import { useMay } from "../../queries/account";
import type { Time } from "../../queries/useTime";
import { Dialog, TabStrip } from "../../ui";
import { originOf } from "../repeat";
import { ExportTab } from "./export/ExportTab";
import { LinkTab } from "./LinkTab";
import { PublicTab } from "./PublicTab";
import { SnapshotTab } from "./SnapshotTab";

type TabName = "link" | "public" | "snapshot" | "embed" | "export";

interface Props {
  time: Time;
  /** The widget that is meant; empty: the whole dashboard. */
  widget: string;
  close: () => void;
}

/** All ways to show the open dashboard, or one widget of it, to others. */
export default function ShareDialog({ time, widget, close }: Props) {
  const may = useMay();
  const [tab, setTab] = useState<TabName>("link");
  const only = originOf(widget);
  const mayGive = may("documents:write") && may("metrics:read");
  const tabs = [
    { value: "link" as const, label: "Link", content: <LinkTab time={time} widget={widget} /> },
    ...(mayGive
      ? [
          {
            value: "public" as const,
            label: "Public link",
            content: <PublicTab time={time} only={only} as="page" close={close} />,
          },
          {
            value: "snapshot" as const,
            label: "Snapshot",
            content: <SnapshotTab time={time} only={only} close={close} />,
          },
          {
            value: "embed" as const,
            label: "Embed",
            content: <PublicTab time={time} only={only} as="frame" close={close} />,
          },
        ]
      : []),
    { value: "export" as const, label: "Export", content: <ExportTab time={time} widget={widget} /> },
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
