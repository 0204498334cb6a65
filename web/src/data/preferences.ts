/** A person's choices that are not in the URL; kept by the browser, and lost without harm where it keeps nothing. */

export class Preference<T> {
  private readonly watchers = new Set<() => void>();
  private value: T;

  constructor(
    private readonly name: string,
    parse: (text: string | null) => T,
    private readonly print: (value: T) => string,
  ) {
    let stored: string | null = null;
    try {
      stored = localStorage.getItem(`vedette.${name}`);
    } catch {
      // storage is blocked: the default holds
    }
    this.value = parse(stored);
  }

  readonly read = (): T => this.value;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  set(value: T): void {
    this.value = value;
    try {
      localStorage.setItem(`vedette.${this.name}`, this.print(value));
    } catch {
      // storage is blocked or full: the choice lasts as long as the page
    }
    for (const watcher of this.watchers) watcher();
  }
}

/** One of a closed list of words. */
export function choice<T extends string>(name: string, words: readonly [T, ...T[]]): Preference<T> {
  return new Preference<T>(
    name,
    (text) => words.find((word) => word === text) ?? words[0],
    (value) => value,
  );
}

/** A list of texts, newest first, at most `limit`. */
export function textList(name: string, limit: number): Preference<readonly string[]> {
  return new Preference<readonly string[]>(
    name,
    (text) => {
      try {
        const parsed: unknown = JSON.parse(text ?? "[]");
        return Array.isArray(parsed) ? parsed.filter((one) => typeof one === "string").slice(0, limit) : [];
      } catch {
        return [];
      }
    },
    (value) => JSON.stringify(value.slice(0, limit)),
  );
}
