/** Sources by question: a tile and a chart that ask the same share one answer and one subscription. */

import type { SourceDoors, Spec } from "./source";
import { QuerySource } from "./source";

interface Held {
  source: QuerySource;
  users: number;
  aim: string;
  /** What it asks and keeps asking, else "". */
  follows: string;
}

export class SourcePool {
  private readonly held = new Map<string, Held>();
  private readonly watchers = new Set<() => void>();
  private followed: readonly string[] = [];

  /** `scope` names what all questions are about now: the answers of one project are not those of another. */
  constructor(
    private readonly doors: SourceDoors,
    private readonly scope: () => string = () => "",
  ) {}

  /** The questions that follow the page's time now, each once. */
  readonly readFollowed = (): readonly string[] => this.followed;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  /** The source of a key; made on first use, kept while somebody watches it. */
  get(name: string): QuerySource {
    return this.entry(this.scoped(name)).source;
  }

  /** Uses a source for a question; `aim` names question and window, the same aim is asked once. */
  use(name: string, aim: string, spec: Spec | null): () => void {
    const key = this.scoped(name);
    const entry = this.entry(key);
    entry.users += 1;
    if (entry.aim !== aim) {
      entry.aim = aim;
      entry.follows = spec?.follow === true ? spec.promql : "";
      this.changed();
      if (spec === null) entry.source.stop();
      else entry.source.target(spec);
    }
    return () => {
      entry.users -= 1;
      // a change of window releases and takes in one go: only what nobody took again ends
      queueMicrotask(() => {
        if (entry.users > 0 || this.held.get(key) !== entry) return;
        this.held.delete(key);
        entry.source.stop();
        this.changed();
      });
    };
  }

  /** The same answers, each asked once and not followed: for what is to be all of one moment. */
  still(): { pool: SourcePool; waits: () => boolean } {
    let waiting = 0;
    const load: SourceDoors["load"] = (wish, signal) => {
      waiting += 1;
      return this.doors.load(wish, signal).finally(() => {
        waiting -= 1;
      });
    };
    const doors = { load, subscribe: () => () => undefined, arrived: () => undefined };
    return { pool: new SourcePool(doors, this.scope), waits: () => waiting > 0 };
  }

  private changed(): void {
    const followed = [...new Set([...this.held.values()].map((one) => one.follows))].filter((text) => text !== "");
    if (followed.join("\n") === this.followed.join("\n")) return;
    this.followed = followed;
    for (const watcher of this.watchers) watcher();
  }

  private scoped(name: string): string {
    return `${this.scope()} ${name}`;
  }

  private entry(key: string): Held {
    let entry = this.held.get(key);
    if (entry === undefined) {
      entry = { source: new QuerySource(this.doors), users: 0, aim: "", follows: "" };
      this.held.set(key, entry);
    }
    return entry;
  }
}
