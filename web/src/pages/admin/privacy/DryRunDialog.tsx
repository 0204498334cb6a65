import { useState } from "react";
import { Button, Dialog, Field, TextArea } from "../../../ui";
import { DryRunResult } from "./DryRunResult";
import type { RuleBody } from "./rule";
import { useDryRun } from "./useDryRun";

interface Props {
  path: string;
  rules: readonly RuleBody[];
  onClose: () => void;
}

/** The rules in force, tried on what is stored and on any text. */
export function DryRunDialog({ path, rules, onClose }: Props) {
  const [text, setText] = useState("");
  const trial = useDryRun(path);
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 100);
  const masked = trial.result?.texts ?? [];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Try the rules"
      description="On the series of the last day, and on texts of your own. Nothing is changed."
      wide
      onSubmit={() => void trial.run(rules, lines)}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" variant="primary" busy={trial.busy}>
            Try
          </Button>
        </>
      }
    >
      <Field label="Texts" help="One a line, such as a label's value. They are not kept." optional>
        <TextArea value={text} onChange={setText} mono rows={3} />
      </Field>
      {masked.length === 0 ? null : (
        <ul className="grid gap-0.5" aria-label="Texts as they would be stored">
          {masked.map((one, at) => (
            <li key={at} className="[overflow-wrap:anywhere]">
              <code>{one}</code>
            </li>
          ))}
        </ul>
      )}
      <DryRunResult trial={trial} />
    </Dialog>
  );
}
