import { useCallback, useState } from "react";
import type { RuleImport } from "../../../api/rules";
import { importRules } from "../../../api/rules";
import { Badge, Button, Dialog, Field, Notice, TextArea, toast, useAction } from "../../../ui";
import { useRefreshRules } from "./keys";

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Takes over a Prometheus rule file, once it was shown what would become of it. */
export function RuleFileDialog({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<RuleImport | null>(null);
  const refresh = useRefreshRules();
  const { run, busy, error } = useAction(
    useCallback(
      async (dry_run: boolean) => {
        const found = await importRules(text, dry_run);
        setOutcome(found);
        if (dry_run || found.errors.length > 0) return;
        await refresh();
        toast({ status: "ok", text: `${counted(found.groups.length, "group")} imported.` });
        close();
      },
      [text, refresh, close],
    ),
  );
  const change = (next: string): void => {
    setText(next);
    setOutcome(null);
  };
  const ready = outcome !== null && outcome.errors.length === 0 && outcome.groups.length > 0;
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Import a rule file"
      description="The groups of a Prometheus rule file become groups of this project. What has the same name gets a new version."
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
            {ready ? `Import ${counted(outcome.groups.length, "group")}` : "Check"}
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

function Outcome({ outcome: { groups, errors, notes } }: { outcome: RuleImport }) {
  return (
    <section className="grid gap-2" aria-label="What becomes of it" aria-live="polite">
      {errors.map((one) => (
        <Notice key={one} kind="crit">
          {one}
        </Notice>
      ))}
      {errors.length > 0 ? null : (
        <ul className="grid gap-1">
          {groups.map(({ name, rules, document }) => (
            <li key={name} className="flex flex-wrap items-center gap-2">
              {name} <span className="muted">{counted(rules, "rule")}</span>
              <Badge>{document === "" ? "new" : "there is one of this name"}</Badge>
            </li>
          ))}
        </ul>
      )}
      {notes.map((one) => (
        <Notice key={one} kind="warn">
          {one}
        </Notice>
      ))}
    </section>
  );
}
