import type { ImportOutcome } from "../../../api/routing";
import { importAlertmanager } from "../../../api/routing";
import { counted } from "../../../data/format";
import { Badge } from "../../../ui";
import { FileDialog } from "../kept/FileDialog";
import { useAskAgainFor } from "../kept/useKept";

const KINDS: Readonly<Record<string, string>> = {
  alert_route: "tree of routes",
  contact_point: "contact point",
  inhibit_rule: "inhibition",
  mute_timing: "mute timing",
};

const amount = ({ documents }: ImportOutcome): string =>
  documents.length === 0 ? "" : counted(documents.length, "document");

/** Takes over an alertmanager.yml. */
export function ImportDialog({ close }: { close: () => void }) {
  return (
    <FileDialog
      title="Import an alertmanager.yml"
      description="Its routes, receivers, inhibition and times become documents. What has the same name gets a new version."
      send={importAlertmanager}
      amount={amount}
      entries={({ documents }) =>
        documents.map(({ kind, name }) => (
          <li key={`${kind} ${name}`} className="flex flex-wrap items-center gap-2">
            <Badge>{KINDS[kind] ?? kind}</Badge> {name}
          </li>
        ))
      }
      saved={useAskAgainFor()}
      close={close}
    />
  );
}
