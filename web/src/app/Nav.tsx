import { Compass, House, Keyboard, Search, SunMoon } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { MouseEvent } from "react";
import { useSession } from "../queries/session";
import { useLocationText } from "../queries/useTime";
import { Logo } from "../ui/Logo";

/** Parameters that go along from page to page. */
export const CARRIED = ["from", "to"] as const;

interface LinkProps {
  path: string;
  word: string;
  keys: string;
  icon: LucideIcon;
}

function NavLink({ path, word, keys, icon: Icon }: LinkProps) {
  const { location } = useSession();
  const here = useLocationText().split("?")[0] === path;
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    location.go(path, CARRIED);
  };
  return (
    <a
      className="nav__item"
      href={path}
      title={`${word} (${keys})`}
      aria-label={word}
      aria-current={here ? "page" : undefined}
      onClick={onClick}
    >
      <Icon className="icon" aria-hidden />
      <span className="nav__word" aria-hidden="true">
        {word}
      </span>
    </a>
  );
}

interface ButtonProps {
  word: string;
  keys: string;
  icon: LucideIcon;
  onClick: () => void;
  wideOnly?: boolean;
}

function NavButton({ word, keys, icon: Icon, onClick, wideOnly }: ButtonProps) {
  const className = `nav__item${wideOnly === true ? " wide-only" : ""}`;
  return (
    <button type="button" className={className} title={`${word} (${keys})`} aria-label={word} onClick={onClick}>
      <Icon className="icon" aria-hidden />
      <span className="nav__word" aria-hidden="true">
        {word}
      </span>
    </button>
  );
}

interface Props {
  openPalette: () => void;
  openKeys: () => void;
  nextTheme: () => void;
}

export function Nav({ openPalette, openKeys, nextTheme }: Props) {
  return (
    <nav className="nav" aria-label="Main">
      <span className="nav__logo" title="Vedette">
        <Logo />
      </span>
      <NavLink path="/" word="Host" keys="g h" icon={House} />
      <NavLink path="/explore" word="Explore" keys="g e" icon={Compass} />
      <span className="nav__sep" />
      <NavButton word="Search" keys="mod+k" icon={Search} onClick={openPalette} />
      <NavButton word="Theme" keys="c t" icon={SunMoon} onClick={nextTheme} />
      <NavButton word="Keys" keys="?" icon={Keyboard} onClick={openKeys} wideOnly />
    </nav>
  );
}
