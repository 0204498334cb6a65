import { Button, Dialog } from "../../ui";

interface Props {
  save: (() => Promise<boolean>) | null;
  leave: () => void;
  stay: () => void;
}

/** Another page was asked for while something is not saved. */
export function LeaveDialog({ save, leave, stay }: Props) {
  const saveAndLeave = async (): Promise<void> => {
    stay();
    if (await save?.()) leave();
  };
  return (
    <Dialog
      open
      onOpenChange={stay}
      title="Leave without saving?"
      description="The draft stays in this browser: it is here again when you come back."
      actions={
        <>
          <Button variant="ghost" onClick={stay}>
            Stay
          </Button>
          <Button onClick={leave}>Leave</Button>
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
