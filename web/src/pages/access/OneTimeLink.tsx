import { CopyOnce, Dialog } from "../../ui";

interface Props {
  name: string;
  token: string;
  onDone: () => void;
}

/** The link by which somebody sets their password; shown this once. */
export function OneTimeLink({ name, token, onDone }: Props) {
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title={`One-time link for ${name}`}
      description="Whoever opens it sets the password. It works once, and ends after a day or with any other change of the password."
    >
      <CopyOnce label="One-time link" secret={`${location.origin}/setup#${token}`} onDone={onDone} />
    </Dialog>
  );
}
