import type { ReactNode } from "react";
import { useSession } from "../../queries/session";
import { follow } from "../../ui/PageHeader";

interface Props {
  /** An address of this page, with its parameters. */
  to: string;
  children: ReactNode;
  className?: string;
  /** It is the page that is open. */
  current?: boolean;
}

/** A link within the page; other clicks than a plain one are the browser's. */
export function PageLink({ to, children, className, current }: Props) {
  const { location } = useSession();
  return (
    <a
      href={to}
      className={className}
      aria-current={current === true ? "page" : undefined}
      onClick={(event) => follow(event, () => location.open(to))}
    >
      {children}
    </a>
  );
}
