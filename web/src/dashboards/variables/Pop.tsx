import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { useRef, useState } from "react";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  /** A button. */
  trigger: ReactNode;
  children: ReactNode;
  wide?: boolean;
}

/** A small sheet below its button; escape closes it and gives the focus back. */
export function Pop({ open, onOpenChange, label, trigger, children, wide }: Props) {
  // within the landmark of its button, not beside all of them
  const button = useRef<HTMLButtonElement>(null);
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        if (next) setLandmark(button.current?.closest<HTMLElement>("[role=dialog], main, header") ?? null);
        onOpenChange(next);
      }}
    >
      <Popover.Trigger ref={button} asChild>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal container={landmark}>
        <Popover.Content
          className={`popover picker${wide === true ? " picker--wide" : ""}`}
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
