import type { LucideIcon } from "lucide-react";
import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { Avatar } from "./Badge";
import { Logo } from "./Logo";
import type { MenuEntry } from "./Menu";
import { Menu } from "./Menu";
import { follow } from "./PageHeader";
import { useMedia } from "./useMedia";

export interface NavEntry {
  word: string;
  icon: LucideIcon;
  /** Its keys, as `Command.keys` has them. */
  keys?: string;
  /** A page; without it the entry is an action. */
  href?: string;
  here?: boolean;
  /** How many things wait there; nothing at 0. */
  count?: number;
  /** Of no use on a phone. */
  wideOnly?: boolean;
  run: () => void;
}

export interface Account {
  name: string;
  /** Role, project or address, below the name. */
  note?: string;
  entries: readonly MenuEntry[];
}

interface Props {
  pages: readonly NavEntry[];
  tools: readonly NavEntry[];
  /** Who is signed in; absent where nobody has to. */
  account?: Account | undefined;
}

/** As many as a thumb tells apart at 390 px. */
const ON_PHONE = 5;
const PHONE = "(max-width: 640px)";

/** What stands in the bottom bar of a phone, and what behind "More". */
export function splitForPhone(
  pages: readonly NavEntry[],
  tools: readonly NavEntry[],
  hasAccount: boolean,
): { shown: readonly NavEntry[]; behind: readonly NavEntry[] } {
  const all = [...pages, ...tools].filter((entry) => entry.wideOnly !== true);
  if (all.length <= ON_PHONE && !hasAccount) return { shown: all, behind: [] };
  // the page that is open is always in sight
  const first = all.slice(0, ON_PHONE - 1);
  const here = all.find((entry) => entry.here === true);
  const shown = here === undefined || first.includes(here) ? first : [...first.slice(0, -1), here];
  return { shown, behind: all.filter((entry) => !shown.includes(entry)) };
}

/** Pages, tools and the account: at the left edge, on a phone along the bottom. */
export function NavBar({ pages, tools, account }: Props) {
  const phone = useMedia(PHONE);
  return (
    <nav className="nav" aria-label="Main">
      {phone ? (
        <PhoneEntries pages={pages} tools={tools} account={account} />
      ) : (
        <>
          <span className="nav__logo" title="Vedette">
            <Logo />
          </span>
          <div className="nav__pages">
            {pages.map((entry) => (
              <Entry key={entry.word} entry={entry} />
            ))}
          </div>
          <span className="nav__sep" />
          {tools.map((entry) => (
            <Entry key={entry.word} entry={entry} />
          ))}
          {account === undefined ? null : (
            <Menu
              side="right"
              align="end"
              entries={accountEntries(account)}
              trigger={
                <button type="button" className="nav__item" title={account.name}>
                  <Avatar name={account.name} />
                  <span className="nav__word">Account: {account.name}</span>
                </button>
              }
            />
          )}
        </>
      )}
    </nav>
  );
}

function PhoneEntries({ pages, tools, account }: Props) {
  const { shown, behind } = splitForPhone(pages, tools, account !== undefined);
  const waiting = behind.reduce((sum, entry) => sum + (entry.count ?? 0), 0);
  const entries: MenuEntry[] = behind.map((entry) => ({
    label: entry.word,
    icon: entry.icon,
    onSelect: entry.run,
    ...(entry.count === undefined || entry.count === 0 ? {} : { note: entry.count }),
    ...(entry.href === undefined ? {} : { href: entry.href, here: entry.here === true }),
  }));
  if (account !== undefined) {
    if (entries.length > 0) entries.push("line");
    entries.push(...accountEntries(account));
  }
  return (
    <>
      {shown.map((entry) => (
        <Entry key={entry.word} entry={entry} />
      ))}
      {entries.length === 0 ? null : (
        <Menu
          side="top"
          entries={entries}
          trigger={
            <button type="button" className="nav__item">
              <Mark count={waiting}>
                <Ellipsis className="icon" aria-hidden />
              </Mark>
              <span className="nav__word">More</span>
            </button>
          }
        />
      )}
    </>
  );
}

function accountEntries({ name, note, entries }: Account): MenuEntry[] {
  return [{ heading: note === undefined ? name : `${name}, ${note}` }, ...entries];
}

function Mark({ count = 0, children }: { count?: number | undefined; children: ReactNode }) {
  return (
    <span className="nav__mark">
      {children}
      {count === 0 ? null : <span className="nav__count num">{count > 99 ? "99+" : count}</span>}
    </span>
  );
}

function Entry({ entry }: { entry: NavEntry }) {
  const { word, icon: Icon, keys, href, here, count = 0, wideOnly, run } = entry;
  const own = {
    className: `nav__item${wideOnly === true ? " wide-only" : ""}`,
    title: keys === undefined ? word : `${word} (${keys})`,
  };
  const content = (
    <>
      <Mark count={count}>
        <Icon className="icon" aria-hidden />
      </Mark>
      <span className="nav__word">{word}</span>
    </>
  );
  if (href === undefined) {
    return (
      <button type="button" {...own} onClick={run}>
        {content}
      </button>
    );
  }
  return (
    <a {...own} href={href} aria-current={here === true ? "page" : undefined} onClick={(event) => follow(event, run)}>
      {content}
    </a>
  );
}
