import { useState } from "react";
import type { Dashboard } from "../../../dashboards/document";
import { folderOptions, useFolders } from "../../../dashboards/folders";
import { parseRange } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Button, Dialog, Field, Notice, Select, TextInput, useAction } from "../../../ui";
import { VariableList } from "../import/VariableList";

interface Props {
  title: string;
  spec: Dashboard;
  close: () => void;
  create: (name: string, spec: Dashboard) => Promise<void>;
}

/** What a dashboard from a template is to be called, where it goes, and what it begins with. */
export function CustomiseDialog({ title, spec, close, create }: Props) {
  const { clock, zone } = useSession();
  const folders = useFolders() ?? [];
  const [name, setName] = useState(title);
  const [folder, setFolder] = useState("");
  const [range, setRange] = useState(`${spec.time.from} to ${spec.time.to}`);
  const [variables, setVariables] = useState(spec.variables);
  const time = parseRange(range, clock.now(), zone.read());
  const nameless = name.trim() === "";
  const { run, busy, error } = useAction(async () => {
    if (time !== null) await create(name.trim(), { ...spec, folder, time, variables });
  });
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`A dashboard from ${title}`}
      onSubmit={() => {
        if (!nameless && time !== null) void run();
      }}
      actions={
        <Button type="submit" variant="primary" busy={busy} disabled={nameless || time === null}>
          Make dashboard
        </Button>
      }
    >
      <Field label="Name" error={nameless ? "A dashboard needs a name." : null}>
        <TextInput value={name} maxLength={200} onChange={setName} />
      </Field>
      <Field label="Folder">
        <Select value={folder} options={folderOptions(folders)} onChange={setFolder} />
      </Field>
      <Field label="Opens with" error={time === null ? "Not a range. Try now-6h to now." : null}>
        <TextInput value={range} onChange={setRange} />
      </Field>
      <VariableList variables={variables} onChange={setVariables} />
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
