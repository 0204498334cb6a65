import { Button, Dialog } from "../../../ui";

/** Another page was asked for while a tree is not saved. */
export function LeaveTree({ leave, stay }: { leave: () => void; stay: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={stay}
      title="Leave without saving?"
      description="The changes of the tree are lost then."
      actions={
        <>
          <Button variant="ghost" onClick={leave}>
            Leave
          </Button>
          <Button variant="primary" onClick={stay}>
            Stay
          </Button>
        </>
      }
    >
      {null}
    </Dialog>
  );
}
