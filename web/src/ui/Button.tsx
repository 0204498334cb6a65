import type { LucideIcon } from "lucide-react";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";

interface Props extends ComponentProps<"button"> {
  /** One primary button a page, none in view mode. */
  variant?: "default" | "primary" | "ghost" | "danger";
  small?: boolean;
  icon?: LucideIcon;
  /** Its action runs: it turns, and a second press does nothing. */
  busy?: boolean;
}

const CLASSES = { default: "", primary: " btn--primary", ghost: " btn--ghost", danger: " btn--danger" };

export function Button(props: Props) {
  const {
    variant = "default",
    small,
    icon: Icon,
    busy,
    className,
    children,
    onClick,
    type = "button",
    ...rest
  } = props;
  const size = small === true ? " btn--sm" : "";
  const Shown = busy === true ? LoaderCircle : Icon;
  return (
    <button
      type={busy === true ? "button" : type}
      className={`btn${CLASSES[variant]}${size}${className === undefined ? "" : ` ${className}`}`}
      // stays focusable: a disabled button would lose the focus it has
      aria-disabled={busy === true || undefined}
      aria-busy={busy === true || undefined}
      onClick={busy === true ? undefined : onClick}
      {...rest}
    >
      {Shown === undefined ? null : (
        <Shown className={`icon icon--sm${busy === true ? " animate-spin" : ""}`} aria-hidden />
      )}
      {children}
    </button>
  );
}

interface IconProps extends Omit<ComponentProps<"button">, "children"> {
  icon: LucideIcon;
  /** Read aloud, and shown when pointed at. */
  label: string;
  keys?: string;
}

/** A button that is an icon, named by `label`. */
export function IconButton({ icon: Icon, label, keys, className, ...rest }: IconProps) {
  return (
    <button
      type="button"
      className={`icon-btn${className === undefined ? "" : ` ${className}`}`}
      aria-label={label}
      title={keys === undefined ? label : `${label} (${keys})`}
      {...rest}
    >
      <Icon className="icon icon--sm" aria-hidden />
    </button>
  );
}
