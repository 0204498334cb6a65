import { FlaskConical } from "lucide-react";
import { useCallback, useState } from "react";
import type { Detector, PrivacyRule } from "../../../api/access";
import { projectPath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { formatCount } from "../../../data/format";
import { useData, useRefresh } from "../../../queries/access";
import { useProject } from "../../../queries/account";
import type { Column } from "../../../ui";
import { Badge, Button, ConfirmDialog, DataTable, Notice, Section, Switch, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { DryRunDialog } from "./DryRunDialog";
import { RuleForm } from "./RuleForm";
import { actionLabel, bodyOf } from "./rule";

interface Rules {
  rules: PrivacyRule[];
  detectors: Detector[];
}

/** What must not be stored: looked for once in every new series of the project. */
export function PrivacyPage() {
  const project = useProject();
  const path = `${projectPath(project)}/privacy`;
  const rules = useData<Rules>(`${path}/rules`);
  const counts = useData<{ counts: Record<string, number> }>(`${path}/counts`);
  const refresh = useRefresh();
  const [edited, setEdited] = useState<PrivacyRule | "new" | null>(null);
  const [removed, setRemoved] = useState<PrivacyRule | null>(null);
  const [trying, setTrying] = useState(false);
  const reload = useCallback(() => refresh(path), [refresh, path]);
  const rulePath = (rule: PrivacyRule): string => `${path}/rules/${encodeURIComponent(rule.id)}`;
  const switching = useAction(async (rule: PrivacyRule, enabled: boolean) => {
    await sendJson("PUT", rulePath(rule), { ...bodyOf(rule), enabled }, `"${rule.version}"`);
    await reload();
  });
  const remove = async (): Promise<void> => {
    if (removed === null) return;
    await sendJson("DELETE", rulePath(removed), undefined, `"${removed.version}"`);
    await reload();
  };
  if (rules.error !== null) return <Problem error={rules.error} retry={() => void rules.refetch()} />;
  const detectors = rules.data?.detectors ?? [];
  const columns = columnsOf(
    detectors,
    counts.data?.counts ?? {},
    switching.busy,
    (rule, on) => void switching.run(rule, on),
  );
  return (
    <Section
      title="Privacy rules"
      note={`project ${project}; they hold for series that are new from now on`}
      actions={
        <>
          <Button icon={FlaskConical} onClick={() => setTrying(true)}>
            Try
          </Button>
          <Button variant="primary" onClick={() => setEdited("new")}>
            New rule
          </Button>
        </>
      }
      flush
    >
      {switching.error === null ? null : (
        <div className="px-4 pb-3">
          <Notice
            kind="crit"
            action={
              <Button
                small
                onClick={() => {
                  switching.clear();
                  void reload();
                }}
              >
                Reload
              </Button>
            }
          >
            {switching.error.message}
          </Notice>
        </div>
      )}
      <DataTable
        label="Privacy rules"
        columns={columns}
        rows={rules.data?.rules}
        rowKey={(rule) => rule.id}
        empty={null}
        onOpen={setEdited}
        isOpen={(rule) => rule === edited}
        actions={(rule) =>
          rule.is_built_in ? null : (
            <Button small variant="ghost" aria-label={`Delete rule ${rule.name}`} onClick={() => setRemoved(rule)}>
              Delete
            </Button>
          )
        }
      />
      {edited === null || rules.data === undefined ? null : (
        <RuleForm
          rule={edited === "new" ? null : edited}
          rules={rules.data.rules}
          detectors={detectors}
          path={path}
          onClose={() => setEdited(null)}
          onSaved={reload}
        />
      )}
      {trying && rules.data !== undefined ? (
        <DryRunDialog path={path} rules={rules.data.rules.map(bodyOf)} onClose={() => setTrying(false)} />
      ) : null}
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={() => setRemoved(null)}
        title={`Delete rule ${removed?.name ?? ""}?`}
        confirm="Delete rule"
        danger
        onConfirm={remove}
      >
        New series are stored as they come. What is stored already does not change.
      </ConfirmDialog>
    </Section>
  );
}

function columnsOf(
  detectors: readonly Detector[],
  counts: Readonly<Record<string, number>>,
  busy: boolean,
  onSwitch: (rule: PrivacyRule, on: boolean) => void,
): Column<PrivacyRule>[] {
  return [
    { id: "name", head: "Rule", cell: (rule) => rule.name },
    {
      id: "on",
      head: "State",
      cell: (rule) => (
        <Switch
          label={rule.enabled ? "On" : "Off"}
          name={`${rule.name} is in force`}
          checked={rule.enabled}
          disabled={busy}
          onChange={(on) => onSwitch(rule, on)}
        />
      ),
    },
    {
      id: "what",
      head: "Looks for",
      cell: (rule) =>
        rule.pattern === "" ? (
          (detectors.find((one) => one.name === rule.detector)?.example ?? rule.detector)
        ) : (
          <code className="[overflow-wrap:anywhere]">{rule.pattern}</code>
        ),
    },
    {
      id: "where",
      head: "In",
      cell: (rule) => (rule.fields.length === 0 ? "Every label" : rule.fields.join(", ")),
      wideOnly: true,
    },
    { id: "action", head: "Does", cell: (rule) => <Badge>{actionLabel(rule.action)}</Badge> },
    {
      id: "found",
      head: "Found",
      number: true,
      cell: (rule) => formatCount(counts[rule.name] ?? 0),
    },
  ];
}
