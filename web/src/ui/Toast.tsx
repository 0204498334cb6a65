import { useEffect, useSyncExternalStore } from "react";

const SHOWN_MS = 6000;

/** The one toast of the page: the newest message wins. */
class ToastStore {
  private message: string | null = null;
  private readonly watchers = new Set<() => void>();

  readonly read = (): string | null => this.message;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  readonly show = (message: string | null): void => {
    this.message = message;
    for (const watcher of this.watchers) watcher();
  };
}

const store = new ToastStore();

/** Says something that the page does not already show. */
export const toast = (message: string): void => store.show(message);

export function Toaster() {
  const message = useSyncExternalStore(store.watch, store.read);
  useEffect(() => {
    if (message === null) return;
    const timer = setTimeout(() => store.show(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return <div role="status">{message === null ? null : <div className="toast">{message}</div>}</div>;
}
