/** The address bar as a store: the URL is the state of the page. */

import { ownAddress } from "./next";

export class LocationStore {
  private readonly watchers = new Set<() => void>();
  private snapshot = location.pathname + location.search;

  constructor() {
    window.addEventListener("popstate", () => this.changed());
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

  /** A text that differs whenever the place differs. */
  readonly read = (): string => this.snapshot;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** Another page; `keep` names parameters that go along. */
  go(path: string, keep: readonly string[] = []): void {
    const kept = new URLSearchParams();
    for (const name of keep) for (const value of this.params.getAll(name)) kept.append(name, value);
    this.write(path, kept, "push");
  }

  /** An address of this page, such as `/explore?q=up`; anything else leads to the first page. */
  open(address: string, how: "push" | "replace" = "push"): void {
    const [path = "/", search = ""] = ownAddress(address).split(/\?(.*)/s);
    this.write(path, new URLSearchParams(search), how);
  }

  /** Changes parameters; null removes, a list repeats. `push` makes a step for the back button. */
  change(changes: Readonly<Record<string, string | readonly string[] | null>>, how: "push" | "replace"): void {
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
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    this.changed();
  }

  private changed(): void {
    this.snapshot = location.pathname + location.search;
    for (const watcher of this.watchers) watcher();
  }
}
