import { useCallback, useState } from "react";
import type { ImportOutcome } from "../../../api/routing";
import { importAlertmanager } from "../../../api/routing";
import { Badge, Button, Dialog, Field, Notice, TextArea, toast, useAction } from "../../../ui";
import { useAskAgainFor } from "../kept/useKept";

const KINDS: Readonly<Record<string, string>> = {
  alert_route: "tree of routes",
  contact_point: "contact point",
  inhibit_rule: "inhibition",
  mute_timing: "mute timing",
};

/** Takes over an alertmanager.yml, once it was shown what would become of it. */
export function ImportDialog({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<ImportOutcome | null>(null);
  const askAgainFor = useAskAgainFor();
  const { run, busy, error } = useAction(
    useCallback(
      async (dry_run: boolean) => {
        const found = await importAlertmanager(text, dry_run);
        setOutcome(found);
        if (dry_run || found.errors.length > 0) return;
        await askAgainFor();
        toast(`${found.documents.length} documents are imported.`);
        close();
      },
      [text, askAgainFor, close],
    ),
  );
  const change = (next: string): void => {
    setText(next);
    setOutcome(null);
  };
  const ready = outcome !== null && outcome.errors.length === 0 && outcome.documents.length > 0;
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Import an alertmanager.yml"
      description="Its routes, receivers, inhibition and times become documents. What has the same name gets a new version."
      wide
      onSubmit={() => {
        if (text.trim() !== "") void run(!ready);
      }}
      actions={
        <>
          <Button variant="ghost" onClick={close}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={busy} disabled={text.trim() === ""}>
            {ready ? `Import ${outcome.documents.length} documents` : "Check"}
          </Button>
        </>
      }
    >
      <Field
        label="Content of the file"
        aside={
          <label className="btn btn--sm">
            Choose a file
            <input
              type="file"
              className="sr-only"
              accept=".yml,.yaml,text/yaml"
              onChange={(event) => void event.target.files?.[0]?.text().then(change)}
            />
          </label>
        }
      >
        <TextArea value={text} onChange={change} rows={10} mono autoCapitalize="none" />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      {outcome === null ? null : <Outcome outcome={outcome} />}
    </Dialog>
  );
}

function Outcome({ outcome: { documents, errors, notes } }: { outcome: ImportOutcome }) {
  return (
    <section className="grid gap-2" aria-label="What becomes of it" aria-live="polite">
      {errors.map((one) => (
        <Notice key={one} kind="crit">
          {one}
        </Notice>
      ))}
      {errors.length > 0 ? null : (
        <ul className="grid gap-1">
          {documents.map(({ kind, name }) => (
            <li key={`${kind} ${name}`} className="flex flex-wrap items-center gap-2">
              <Badge>{KINDS[kind] ?? kind}</Badge> {name}
            </li>
          ))}
        </ul>
      )}
      {notes.length === 0 ? null : (
        <Notice kind="warn">
          <ul className="grid gap-1">
            {notes.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}
