import type { ReactNode } from "react";
import { useSession } from "../../queries/session";
import { follow } from "../../ui/PageHeader";

interface Props {
  /** An address of this page, with its parameters. */
  to: string;
  children: ReactNode;
  className?: string;
}

/** A link within the page; other clicks than a plain one are the browser's. */
export function PageLink({ to, children, className }: Props) {
  const { location } = useSession();
  return (
    <a href={to} className={className} onClick={(event) => follow(event, () => location.open(to))}>
      {children}
    </a>
  );
}
