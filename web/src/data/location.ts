/** The address bar as a store: the URL is the state of the page. */

import { ownAddress } from "./next";

export type Changes = Readonly<Record<string, string | readonly string[] | null>>;

/** What a page, or one of two panes beside each other, sees of the address bar. */
export interface Address {
  readonly path: string;
  readonly search: string;
  readonly params: URLSearchParams;
  /** A text that differs whenever the place differs. */
  readonly read: () => string;
  readonly watch: (watcher: () => void) => () => void;
  /** Another page; `keep` names parameters that go along. */
  go: (path: string, keep?: readonly string[]) => void;
  /** An address of this page, such as `/explore?q=up`; anything else leads to the first page. */
  open: (address: string, how?: "push" | "replace") => void;
  /** Changes parameters; null removes, a list repeats. `push` makes a step for the back button. */
  change: (changes: Changes, how: "push" | "replace") => void;
  /** Has a guard asked before another page opens, until the returned function is called. */
  guarded: (guard: Guard) => () => void;
}

/** Asked before another page opens: false keeps this one, `leave` opens the other after all. */
export type Guard = (path: string, leave: () => void) => boolean;

export class LocationStore implements Address {
  private readonly watchers = new Set<() => void>();
  private snapshot = location.pathname + location.search;
  private guard: Guard | null = null;

  constructor() {
    window.addEventListener("popstate", () => this.popped());
  }

  guarded(guard: Guard): () => void {
    this.guard = guard;
    return () => {
      if (this.guard === guard) this.guard = null;
    };
  }

  get path(): string {
    return location.pathname;
  }

  get search(): string {
    return location.search;
  }

  get params(): URLSearchParams {
    return new URLSearchParams(location.search);
  }

  readonly read = (): string => this.snapshot;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  go(path: string, keep: readonly string[] = []): void {
    const kept = new URLSearchParams();
    for (const name of keep) for (const value of this.params.getAll(name)) kept.append(name, value);
    this.write(path, kept, "push");
  }

  open(address: string, how: "push" | "replace" = "push"): void {
    const [path = "/", search = ""] = ownAddress(address).split(/\?(.*)/s);
    this.write(path, new URLSearchParams(search), how);
  }

  change(changes: Changes, how: "push" | "replace"): void {
    const params = this.params;
    for (const [name, value] of Object.entries(changes)) {
      params.delete(name);
      if (typeof value === "string") params.set(name, value);
      else if (value !== null) for (const one of value) params.append(name, one);
    }
    this.write(this.path, params, how);
  }

  private write(path: string, params: URLSearchParams, how: "push" | "replace"): void {
    const search = params.toString();
    const url = search === "" ? path : `${path}?${search}`;
    if (url === this.snapshot) return;
    if (this.holds(path, () => this.write(path, params, how))) return;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    this.changed();
  }

  /** The browser went back or forward: it is already there when the guard is asked. */
  private popped(): void {
    const there = location.pathname + location.search;
    if (!this.holds(location.pathname, () => this.open(there))) this.changed();
    else history.pushState(null, "", this.snapshot);
  }

  private holds(path: string, go: () => void): boolean {
    const { guard } = this;
    if (guard === null || path === this.snapshot.split("?")[0]) return false;
    const leave = (): void => {
      if (this.guard === guard) this.guard = null;
      go();
    };
    return !guard(path, leave);
  }

  private changed(): void {
    this.snapshot = location.pathname + location.search;
    for (const watcher of this.watchers) watcher();
  }
}

/** One pane's part of the address: its own parameters carry a prefix, those of `shared` belong to all panes. */
export class PaneAddress implements Address {
  constructor(
    private readonly whole: Address,
    private readonly prefix: string,
    private readonly shared: (params: URLSearchParams) => readonly string[],
  ) {}

  get path(): string {
    return this.whole.path;
  }

  get search(): string {
    const text = this.params.toString();
    return text === "" ? "" : `?${text}`;
  }

  get params(): URLSearchParams {
    const { params } = this.whole;
    const shared = this.shared(params);
    const own = new URLSearchParams();
    for (const [name, value] of params) {
      if (shared.includes(name)) own.append(name, value);
      else if (name.startsWith(this.prefix) && !shared.includes(name.slice(this.prefix.length))) {
        own.append(name.slice(this.prefix.length), value);
      }
    }
    return own;
  }

  readonly read = (): string => this.path + this.search;

  readonly watch = (watcher: () => void): (() => void) => this.whole.watch(watcher);

  go(path: string, keep: readonly string[] = []): void {
    this.whole.go(path, keep);
  }

  open(address: string, how: "push" | "replace" = "push"): void {
    this.whole.open(address, how);
  }

  guarded(guard: Guard): () => void {
    return this.whole.guarded(guard);
  }

  change(changes: Changes, how: "push" | "replace"): void {
    const shared = this.shared(this.whole.params);
    const named = Object.entries(changes).map(
      ([name, value]) => [shared.includes(name) ? name : this.prefix + name, value] as const,
    );
    this.whole.change(Object.fromEntries(named), how);
  }
}
