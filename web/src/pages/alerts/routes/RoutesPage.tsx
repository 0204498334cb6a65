import type { ReactNode } from "react";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { TabStrip } from "../../../ui";
import { OnCallPart } from "../onCall/OnCallPart";
import { InhibitPart } from "./InhibitPart";
import { TimingsPart } from "./TimingsPart";
import { TreesPart } from "./TreesPart";

const TABS = ["trees", "timings", "inhibition", "on-call"] as const;
type Tab = (typeof TABS)[number];

/** Where alerts go, and when they are not told. */
export function RoutesPage({ item }: { item: string | null }) {
  const { location } = useSession();
  const mayChange = useMay()("documents:write");
  const tab: Tab = TABS.find((one) => one === item) ?? "trees";
  const content = (part: ReactNode) => <div className="grid gap-3 pt-3">{part}</div>;
  return (
    <TabStrip
      label="Routes"
      value={tab}
      onChange={(next) => location.go(`/alerts/routes${next === "trees" ? "" : `/${next}`}`, ["project"])}
      tabs={[
        { value: "trees", label: "Trees", content: content(<TreesPart mayChange={mayChange} />) },
        { value: "timings", label: "Mute timings", content: content(<TimingsPart mayChange={mayChange} />) },
        { value: "inhibition", label: "Inhibition", content: content(<InhibitPart mayChange={mayChange} />) },
        { value: "on-call", label: "On call", content: content(<OnCallPart mayChange={mayChange} />) },
      ]}
    />
  );
}
