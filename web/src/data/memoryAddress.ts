/** An address that is not in the bar: what a view of its own keeps to itself, as far as it may be changed at all. */

import type { Address, Changes } from "./location";

export class MemoryAddress implements Address {
  private readonly watchers = new Set<() => void>();
  private kept = new URLSearchParams();

  /** Other parameters than the `changeable` ones stay as they are, and nothing leads to another page. */
  constructor(
    readonly path: string,
    private readonly changeable: readonly string[],
    given: URLSearchParams = new URLSearchParams(),
  ) {
    for (const name of changeable) for (const value of given.getAll(name)) this.kept.append(name, value);
  }

  get search(): string {
    const text = this.kept.toString();
    return text === "" ? "" : `?${text}`;
  }

  get params(): URLSearchParams {
    return new URLSearchParams(this.kept);
  }

  readonly read = (): string => this.path + this.search;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  go(): void {
    // there is nothing but this view
  }

  open(): void {
    // as above
  }

  guarded(): () => void {
    return () => undefined;
  }

  change(changes: Changes): void {
    const before = this.read();
    const params = this.params;
    for (const [name, value] of Object.entries(changes)) {
      if (!this.changeable.includes(name)) continue;
      params.delete(name);
      if (typeof value === "string") params.set(name, value);
      else if (value !== null) for (const one of value) params.append(name, one);
    }
    this.kept = params;
    if (this.read() !== before) for (const watcher of this.watchers) watcher();
  }
}
