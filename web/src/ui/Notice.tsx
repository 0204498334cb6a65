import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = { info: Info, warn: TriangleAlert, crit: CircleAlert };

interface Props {
  kind: keyof typeof ICONS;
  children: ReactNode;
  /** What can be done about it. */
  action?: ReactNode;
}

/** A message that stays where it belongs; trouble is announced when it appears. */
export function Notice({ kind, children, action }: Props) {
  const Icon = ICONS[kind];
  return (
    <div className={`note note--${kind}`} role={kind === "crit" ? "alert" : "status"}>
      <Icon className="icon icon--sm" aria-hidden />
      <div className="spacer [overflow-wrap:anywhere]">{children}</div>
      {action}
    </div>
  );
}
