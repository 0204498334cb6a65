import { Dialog, VisuallyHidden } from "radix-ui";
import type { ReactNode } from "react";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  hideTitle?: boolean;
  children: ReactNode;
}

/** A dialog over a scrim; focus stays inside, escape closes. */
export function Modal({ open, onOpenChange, title, hideTitle, children }: Props) {
  const heading = <Dialog.Title className="px-4 pt-3 text-[length:var(--fs-md)]">{title}</Dialog.Title>;
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          {hideTitle === true ? <VisuallyHidden.Root asChild>{heading}</VisuallyHidden.Root> : heading}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
