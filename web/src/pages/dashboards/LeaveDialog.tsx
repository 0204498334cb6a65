import { Button, Dialog } from "../../ui";
import type { Leaving } from "./useLeaveGuard";

interface Props {
  leaving: Leaving;
  /** Answers whether it is saved; null: it cannot be. */
  save?: (() => Promise<boolean>) | null;
  /** What becomes of what is not saved. */
  children: string;
}

/** Another page was asked for while something is not saved. */
export function LeaveDialog({ leaving: { asked: leave, stay }, save = null, children }: Props) {
  if (leave === null) return null;
  const go = (): void => {
    stay();
    leave();
  };
  const saveAndLeave = async (): Promise<void> => {
    stay();
    if (await save?.()) leave();
  };
  return (
    <Dialog
      open
      onOpenChange={stay}
      title="Leave without saving?"
      description={children}
      actions={
        <>
          <Button variant="ghost" onClick={stay}>
            Stay
          </Button>
          <Button onClick={go}>Leave</Button>
          {save === null ? null : (
            <Button variant="primary" onClick={() => void saveAndLeave()}>
              Save and leave
            </Button>
          )}
        </>
      }
    >
      {null}
    </Dialog>
  );
}
