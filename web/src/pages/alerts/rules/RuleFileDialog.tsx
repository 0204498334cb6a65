import type { RuleImport } from "../../../api/rules";
import { importRules } from "../../../api/rules";
import { counted } from "../../../data/format";
import { Badge } from "../../../ui";
import { FileDialog } from "../kept/FileDialog";
import { useRefreshRules } from "./keys";

const amount = ({ groups }: RuleImport): string => (groups.length === 0 ? "" : counted(groups.length, "group"));

/** Takes over a Prometheus rule file. */
export function RuleFileDialog({ close }: { close: () => void }) {
  return (
    <FileDialog
      title="Import a rule file"
      description="The groups of a Prometheus rule file become groups of this project. What has the same name gets a new version."
      send={importRules}
      amount={amount}
      entries={({ groups }) =>
        groups.map(({ name, rules, document }) => (
          <li key={name} className="flex flex-wrap items-center gap-2">
            {name} <span className="muted">{counted(rules, "rule")}</span>
            <Badge>{document === "" ? "new" : "there is one of this name"}</Badge>
          </li>
        ))
      }
      saved={useRefreshRules()}
      close={close}
    />
  );
}
