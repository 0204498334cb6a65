import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import { Button, Dialog, Field, Notice, TextArea, toast, useAction } from "../../../ui";

/** What the server says would become, or became, of a file. */
interface Outcome {
  errors: readonly string[];
  notes: readonly string[];
}

interface Props<Found extends Outcome> {
  title: string;
  description: string;
  /** Takes the text over; dry: only says what would become of it. */
  send: (text: string, dry_run: boolean) => Promise<Found>;
  /** "2 groups"; empty: there is nothing in it to take over. */
  amount: (found: Found) => string;
  /** What becomes of it, as entries of a list. */
  entries: (found: Found) => ReactNode;
  /** Asks again for what may have changed. */
  saved: () => Promise<unknown>;
  close: () => void;
}

/** Takes a file over, once it was shown what would become of it. */
export function FileDialog<Found extends Outcome>(props: Props<Found>) {
  const { title, description, send, amount, entries, saved, close } = props;
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const { run, busy, error } = useAction(
    useCallback(
      async (dry_run: boolean) => {
        const answer = await send(text, dry_run);
        setFound(answer);
        if (dry_run || answer.errors.length > 0) return;
        await saved();
        toast({ status: "ok", text: `Imported: ${amount(answer)}.` });
        close();
      },
      [text, send, amount, saved, close],
    ),
  );
  const change = (next: string): void => {
    setText(next);
    setFound(null);
  };
  const ready = found !== null && found.errors.length === 0 && amount(found) !== "";
  return (
    <Dialog
      open
      onOpenChange={close}
      title={title}
      description={description}
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
            {ready ? `Import ${amount(found)}` : "Check"}
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
      {found === null ? null : <Told {...found}>{entries(found)}</Told>}
    </Dialog>
  );
}

function Told({ errors, notes, children }: Outcome & { children: ReactNode }) {
  return (
    <section className="grid gap-2" aria-label="What becomes of it" aria-live="polite">
      {errors.map((one) => (
        <Notice key={one} kind="crit">
          {one}
        </Notice>
      ))}
      {errors.length > 0 ? null : <ul className="grid gap-1">{children}</ul>}
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
