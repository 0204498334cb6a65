import { Notice } from "../../ui";

const MOST = 5;

/** What could not be given away. */
export function LeftOut({ left }: { left: readonly string[] }) {
  if (left.length === 0) return null;
  return (
    <Notice kind="warn">
      Left out: {left.slice(0, MOST).join("; ")}
      {left.length > MOST ? ` and ${left.length - MOST} more` : ""}
    </Notice>
  );
}
