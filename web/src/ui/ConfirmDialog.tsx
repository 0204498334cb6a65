import { AlertDialog } from "radix-ui";
import type { ReactNode, SubmitEvent } from "react";
import { useState } from "react";
import { Button } from "./Button";
import { Field } from "./Field";
import { Notice } from "./Notice";
import { TextInput } from "./TextInput";
import { useAction } from "./useAction";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question: "Delete project billing?" */
  title: string;
  /** What will happen, and whether it can be taken back. */
  children: ReactNode;
  /** The verb and its object: "Delete project". */
  confirm: string;
  danger?: boolean;
  /** For what cannot be taken back: the name that has to be typed first. */
  typed?: string;
  /** May take its time; the dialog closes when it is done, and shows why when it fails. */
  onConfirm: () => unknown;
}

/** Asks before something is done; the focus starts on the harmless answer. */
export function ConfirmDialog(props: Props) {
  return (
    <AlertDialog.Root open={props.open} onOpenChange={props.onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim" />
        <AlertDialog.Content className="dialog dialog--narrow">
          <Question {...props} />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function Question({ onOpenChange, title, children, confirm, danger, typed, onConfirm }: Props) {
  const [name, setName] = useState("");
  const { run, busy, error } = useAction(onConfirm);
  const allowed = typed === undefined || name === typed;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    if (!allowed) return;
    void run().then((done) => {
      if (done) onOpenChange(false);
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <header className="dialog__head">
        <AlertDialog.Title className="text-[length:var(--fs-lg)] leading-6">{title}</AlertDialog.Title>
      </header>
      <div className="dialog__body">
        <AlertDialog.Description asChild>
          <div className="soft">{children}</div>
        </AlertDialog.Description>
        {typed === undefined ? null : (
          <Field label={`Type ${typed} to go on`}>
            <TextInput value={name} onChange={setName} mono autoCapitalize="none" />
          </Field>
        )}
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      </div>
      <div className="dialog__actions">
        <AlertDialog.Cancel asChild>
          <Button variant="ghost">Cancel</Button>
        </AlertDialog.Cancel>
        <Button type="submit" variant={danger === true ? "danger" : "primary"} disabled={!allowed} busy={busy}>
          {confirm}
        </Button>
      </div>
    </form>
  );
}
