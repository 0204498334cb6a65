/** What can be done on the page, each as one object used by keys, palette and shortcut sheet alike. */

export interface Command {
  id: string;
  title: string;
  group: "Go" | "Dashboard" | "Time" | "View" | "Query" | "Help";
  /** Keys as people read them: "g h", "mod+k", "?", "t left". */
  keys?: string;
  run: () => void;
}

export class Commands {
  private readonly sets = new Set<readonly Command[]>();
  private readonly watchers = new Set<() => void>();
  private all: readonly Command[] = [];

  readonly read = (): readonly Command[] => this.all;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** Makes commands available until the returned function is called. */
  add(commands: readonly Command[]): () => void {
    this.sets.add(commands);
    this.changed();
    return () => {
      this.sets.delete(commands);
      this.changed();
    };
  }

  private changed(): void {
    this.all = [...this.sets].flat();
    for (const watcher of this.watchers) watcher();
  }
}

export interface KeyPress {
  key: string;
  mod: boolean;
  alt: boolean;
  /** Counts with letters; other signs already differ by it. */
  shift?: boolean;
}

const NAMES: Record<string, string> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  " ": "space",
  Enter: "enter",
  Escape: "esc",
};
const SEQUENCE_MS = 1200;

/** One press as it is written in `Command.keys`. */
export function pressName(press: KeyPress): string {
  const key = NAMES[press.key] ?? (press.key.length === 1 ? press.key.toLowerCase() : press.key);
  const shift = press.shift === true && (/^[a-z]$/.test(key) || press.key.startsWith("Arrow"));
  return `${press.mod ? "mod+" : ""}${press.alt ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

/** Finds commands by presses, also by two in a row. */
export class KeyMatcher {
  private first: { name: string; at_ms: number } | null = null;

  /** The command of this press, if any; `started` tells that a sequence has begun. */
  match(press: KeyPress, commands: readonly Command[], at_ms: number): { command: Command | null; started: boolean } {
    const name = pressName(press);
    const first = this.first;
    this.first = null;
    if (first !== null && at_ms - first.at_ms < SEQUENCE_MS) {
      const command = commands.find((one) => one.keys === `${first.name} ${name}`);
      if (command !== undefined) return { command, started: false };
    }
    const command = commands.find((one) => one.keys === name);
    if (command !== undefined) return { command, started: false };
    const started = commands.some((one) => one.keys?.startsWith(`${name} `) === true);
    if (started) this.first = { name, at_ms };
    return { command: null, started };
  }
}

/** What begins with the wish first, then what has it in its title, then the rest; each in the order it came. */
export function ranked<E extends { title: string }>(wish: string, entries: readonly E[]): E[] {
  const wanted = wish.trim().toLowerCase();
  if (wanted === "") return [...entries];
  const rank = ({ title }: E): number => {
    const at = title.toLowerCase().indexOf(wanted);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** Every word of the wish occurs in the text, in any order. */
export function fuzzy(wish: string, text: string): boolean {
  const lower = text.toLowerCase();
  return wish
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
