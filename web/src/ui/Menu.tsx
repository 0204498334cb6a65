import type { LucideIcon } from "lucide-react";
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { MouseEvent, ReactNode, RefObject } from "react";
import { useRef, useState } from "react";

export interface MenuAction {
  label: string;
  icon?: LucideIcon;
  /** Small words at the right end: keys, a count. */
  note?: ReactNode;
  /** A page, so that it can be opened in another tab; a plain click calls `onSelect`. */
  href?: string;
  onSelect: () => void;
  /** The page that is open. */
  here?: boolean;
  /** Given: an item that is on or off. */
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
}

export type MenuEntry = MenuAction | { heading: string } | "line";

interface Props {
  /** A button; gets the menu's attributes. */
  trigger: ReactNode;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
  side?: "top" | "bottom" | "right";
}

/** Actions behind a button: arrows and letters find, enter chooses, escape closes. */
export function Menu({ trigger, entries, align = "end", side = "bottom" }: Props) {
  // a click that opens a link elsewhere closes the menu, but goes nowhere here
  const elsewhere = useRef(false);
  // within the landmark of its button, not beside all of them
  const button = useRef<HTMLButtonElement>(null);
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  const onOpenChange = (open: boolean): void => {
    if (open) setLandmark(button.current?.closest<HTMLElement>("main, nav, header") ?? null);
  };
  return (
    <DropdownMenu.Root modal={false} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger ref={button} asChild>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={landmark}>
        <DropdownMenu.Content
          className="popover menu"
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          loop
          onClickCapture={(event) => {
            elsewhere.current = !isPlainClick(event);
          }}
          onClick={(event) => {
            if (isPlainClick(event)) event.preventDefault();
          }}
        >
          {entries.map((entry, index) => (
            <Entry
              key={typeof entry === "object" && "label" in entry ? entry.label : index}
              entry={entry}
              elsewhere={elsewhere}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ entry, elsewhere }: { entry: MenuEntry; elsewhere: RefObject<boolean> }) {
  if (entry === "line") return <DropdownMenu.Separator className="menu__line" />;
  if ("heading" in entry) return <DropdownMenu.Label className="menu__heading">{entry.heading}</DropdownMenu.Label>;
  const { label, icon: Icon, note, href, onSelect, here, checked, danger, disabled } = entry;
  const className = `menu-item${danger === true ? " menu-item--danger" : ""}`;
  const content = (
    <>
      {Icon === undefined ? null : <Icon className="icon icon--sm" aria-hidden />}
      <span className="spacer">{label}</span>
      {note === undefined ? null : <span className="muted text-[length:var(--fs-2xs)]">{note}</span>}
      {checked === true ? <Check className="icon icon--sm" aria-hidden /> : null}
    </>
  );
  if (checked !== undefined) {
    return (
      <DropdownMenu.CheckboxItem
        className={className}
        checked={checked}
        disabled={disabled === true}
        onSelect={onSelect}
      >
        {content}
      </DropdownMenu.CheckboxItem>
    );
  }
  if (href === undefined) {
    return (
      <DropdownMenu.Item className={className} disabled={disabled === true} onSelect={onSelect}>
        {content}
      </DropdownMenu.Item>
    );
  }
  const onLink = (): void => {
    if (!elsewhere.current) onSelect();
  };
  return (
    <DropdownMenu.Item asChild disabled={disabled === true} onSelect={onLink}>
      <a className={className} href={href} aria-current={here === true ? "page" : undefined}>
        {content}
      </a>
    </DropdownMenu.Item>
  );
}

/** A click that means "go there", not "open it elsewhere". */
export function isPlainClick(event: MouseEvent): boolean {
  return !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) && event.button === 0;
}
