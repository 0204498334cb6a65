/** Which project the page is about: the address says it, else the last choice, else the person's home. */

import type { Address } from "./location";
import type { Preference } from "./preferences";

export const PROJECT_PARAMETER = "project";
/** What of the address goes along to another page that has a time. */
export const CARRIED = ["from", "to", PROJECT_PARAMETER] as const;

/** An address is taken at its word, so that a link never shows another project than the one it names. */
export function projectOf(named: string | null, last: string, known: readonly string[], home: string): string {
  if (named !== null && named !== "") return named;
  if (known.includes(last)) return last;
  return known.includes(home) ? home : (known[0] ?? home);
}

export class ProjectStore {
  private known: readonly string[] = [];
  private home = "";
  private told = "";
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly location: Pick<Address, "params" | "watch" | "change">,
    private readonly last: Pick<Preference<string>, "read" | "set">,
  ) {
    location.watch(() => this.look());
  }

  readonly read = (): string =>
    projectOf(this.location.params.get(PROJECT_PARAMETER), this.last.read(), this.known, this.home);

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** The projects of who is signed in, and the one meant when none is chosen. */
  know(names: readonly string[], home: string): void {
    this.known = names;
    this.home = home;
    this.look();
  }

  choose(name: string): void {
    // an address without a project would mean the new one when the back button leads there
    if (!this.location.params.has(PROJECT_PARAMETER)) {
      this.location.change({ [PROJECT_PARAMETER]: this.read() }, "replace");
    }
    this.last.set(name);
    this.location.change({ [PROJECT_PARAMETER]: name }, "push");
    this.look();
  }

  private look(): void {
    const now = this.read();
    if (now === this.told) return;
    this.told = now;
    for (const watcher of this.watchers) watcher();
  }
}
