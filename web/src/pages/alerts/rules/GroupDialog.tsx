import { useCallback, useMemo, useState } from "react";
import type { Document } from "../../../api/documents";
import { Button, Checkbox, Dialog, Field, Notice, NumberInput, TextInput, toast, useAction } from "../../../ui";
import { Problem } from "../../access/Problem";
import { durationProblem } from "../../../data/duration";
import { DurationField } from "../../../promql/DurationField";
import { DeleteGroup } from "./DeleteGroup";
import type { Settings } from "./groupSettings";
import { keepSettings, settingsOf } from "./groupSettings";
import { GroupVersions } from "./GroupVersions";
import { useGroup, useRefreshRules } from "./keys";
import { PairRows } from "../rows/PairRows";
import { fieldOf, readGroup } from "./rule";

interface Props {
  id: string;
  may: boolean;
  onClose: () => void;
}

/** What holds for all rules of a group. */
export function GroupDialog({ id, may, onClose }: Props) {
  const { data, error, refetch } = useGroup(id);
  if (data !== undefined) {
    return <GroupForm key={data.version} document={data} may={may} onClose={onClose} reload={() => void refetch()} />;
  }
  return (
    <Dialog open onOpenChange={onClose} title="Rule group">
      {error === null ? <p className="muted">Loading</p> : <Problem error={error} retry={() => void refetch()} />}
    </Dialog>
  );
}

interface FormProps {
  document: Document;
  may: boolean;
  onClose: () => void;
  reload: () => void;
}

function GroupForm({ document, may, onClose, reload }: FormProps) {
  const refresh = useRefreshRules();
  const group = useMemo(() => readGroup(document.spec), [document.spec]);
  const [name, setName] = useState(document.name);
  const [settings, setSettings] = useState<Settings>(() => settingsOf(group));
  const [late, setLate] = useState(false);
  const [removing, setRemoving] = useState(false);
  const set = (more: Settings): void => setSettings({ ...settings, ...more });
  const { interval = "", query_offset = "", limit = 0, labels = {}, enabled = true } = settings;
  const send = useCallback(async () => {
    if (!(await keepSettings(document, name.trim(), settings))) {
      setLate(true);
      return;
    }
    await refresh();
    onClose();
    toast({ status: "ok", text: `Group ${name.trim()} is saved.` });
  }, [document, name, settings, refresh, onClose]);
  const { run, busy, error } = useAction(send);
  const about = error === null ? null : /^([a-z_]+): (.+)$/s.exec(error.message);
  const wrong: Record<string, string | undefined> = about === null ? {} : { [about[1] ?? ""]: about[2] };
  const fits = [interval, query_offset].every((one) => durationProblem(one) === null) && !Number.isNaN(limit);
  const count = group.rules?.length ?? 0;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Group ${document.name}`}
      description={`What holds for all of its rules: ${count} now.`}
      onSubmit={() => {
        if (may && fits && name.trim() !== "") void run();
      }}
      actions={
        <>
          {may ? (
            <Button variant="danger" className="mr-auto" onClick={() => setRemoving(true)}>
              Delete group
            </Button>
          ) : null}
          <Button variant="ghost" onClick={onClose}>
            {may ? "Cancel" : "Close"}
          </Button>
          {may ? (
            <Button type="submit" variant="primary" busy={busy} disabled={!fits || name.trim() === ""}>
              Save group
            </Button>
          ) : null}
        </>
      }
    >
      <Field label="Name" required>
        <TextInput value={name} onChange={setName} maxLength={200} />
      </Field>
      <div className="rule-row">
        <DurationField
          label="Every"
          value={interval}
          placeholder="as usual"
          error={wrong["interval"]}
          onChange={(next) => set({ interval: next })}
        />
        <DurationField
          label="Looks back by"
          value={query_offset}
          placeholder="as usual"
          error={wrong["query_offset"]}
          onChange={(next) => set({ query_offset: next })}
        />
        <Field label="Alerts at most">
          <NumberInput
            value={limit === 0 ? null : limit}
            min={1}
            whole
            placeholder="no limit"
            onChange={(next) => set({ limit: next ?? 0 })}
          />
        </Field>
      </div>
      <PairRows
        label="Labels"
        one="label"
        pairs={labels}
        error={wrong["labels"]}
        onChange={(next) => set({ labels: next })}
      />
      <Checkbox label="Its rules are evaluated" checked={enabled} onChange={(on) => set({ enabled: on })} />
      {late ? (
        <Notice
          kind="warn"
          action={
            <Button small onClick={reload}>
              Take the present one
            </Button>
          }
        >
          Somebody else changed this group while you were editing. What you typed is not saved.
        </Notice>
      ) : null}
      {error === null || about !== null ? null : (
        <Notice kind="crit">{fieldOf(error.message)?.text ?? error.message}</Notice>
      )}
      <GroupVersions document={document} may={may} onRestored={onClose} />
      <DeleteGroup document={document} count={count} open={removing} onOpenChange={setRemoving} onDeleted={onClose} />
    </Dialog>
  );
}
