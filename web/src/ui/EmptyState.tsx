import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  icon?: LucideIcon;
  /** What is (not) here. */
  title: string;
  /** Why, or since when. */
  children?: ReactNode;
  /** One button that does something about it. */
  action?: ReactNode;
}

/** What stands where there is nothing to show. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="empty">
      {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
      <b>{title}</b>
      {children === undefined ? null : <p>{children}</p>}
      {action}
    </div>
  );
}
