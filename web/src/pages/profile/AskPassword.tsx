import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import { Button, Dialog, Field, Notice, PasswordInput, useAction } from "../../ui";

interface Props {
  title: string;
  children: ReactNode;
  confirm: string;
  danger?: boolean;
  work: (password: string) => Promise<void>;
  onClose: () => void;
}

/** Makes sure who sits there, before something that matters. */
export function AskPassword({ title, children, confirm, danger, work, onClose }: Props) {
  const [password, setPassword] = useState("");
  const { run, busy, error } = useAction(useCallback(() => work(password), [work, password]));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={children}
      onSubmit={() => {
        if (password !== "") void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant={danger === true ? "danger" : "primary"} busy={busy} disabled={password === ""}>
            {confirm}
          </Button>
        </>
      }
    >
      <Field label="Your password" required>
        <PasswordInput autoComplete="current-password" value={password} onChange={setPassword} />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
