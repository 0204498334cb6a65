import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { EmptyState } from "../ui";

interface Props {
  title: string;
  /** What is missing, and who can give it. */
  children: ReactNode;
  action?: ReactNode;
}

/** Something is here, but not for who asks: another picture than nothing being here. */
export function NotPermitted({ title, children, action }: Props) {
  return (
    <EmptyState icon={Lock} title={title} action={action}>
      {children}
    </EmptyState>
  );
}
