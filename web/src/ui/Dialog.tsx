import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode, SubmitEvent } from "react";
import { IconButton } from "./Button";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One sentence below the title; read aloud when the dialog opens. */
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
  /** Makes the dialog a form: enter in a field or a `type="submit"` button ends it. */
  onSubmit?: () => void;
  wide?: boolean;
}

/** Title, content, actions, over a scrim; focus stays inside and returns where it was, escape closes. */
export function Dialog({ open, onOpenChange, title, description, children, actions, onSubmit, wide }: Props) {
  const content = (
    <>
      <div className="dialog__body">{children}</div>
      {actions === undefined ? null : <div className="dialog__actions">{actions}</div>}
    </>
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // a dialog opened from within a form must not send that form too
    event.stopPropagation();
    onSubmit?.();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content
          className={`dialog${wide === true ? " dialog--wide" : ""}`}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="dialog__head">
            <Radix.Title className="text-[length:var(--fs-lg)] leading-6">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" className="ml-auto" />
            </Radix.Close>
          </header>
          {description === undefined ? null : (
            <Radix.Description className="dialog__lead">{description}</Radix.Description>
          )}
          {onSubmit === undefined ? (
            content
          ) : (
            <form onSubmit={submit} noValidate>
              {content}
            </form>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
