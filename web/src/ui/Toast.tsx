import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { Button, IconButton } from "./Button";

const SHOWN_MS = 6000;
/** A decision takes longer than a word. */
const SHOWN_WITH_ACTION_MS = 12_000;

export interface ToastMessage {
  text: string;
  status?: "ok" | "warn" | "crit";
  /** "Undo", "Open": closes the toast. */
  action?: { label: string; run: () => void };
}

/** The one toast of the page: the newest message wins. */
class ToastStore {
  private message: ToastMessage | null = null;
  private readonly watchers = new Set<() => void>();

  readonly read = (): ToastMessage | null => this.message;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };

  readonly show = (message: ToastMessage | null): void => {
    this.message = message;
    for (const watcher of this.watchers) watcher();
  };
}

const store = new ToastStore();

/** Says something that the page does not already show. */
export const toast = (message: string | ToastMessage): void =>
  store.show(typeof message === "string" ? { text: message } : message);

export function Toaster() {
  const message = useSyncExternalStore(store.watch, store.read);
  useEffect(() => {
    if (message === null) return;
    const shown_ms = message.action === undefined ? SHOWN_MS : SHOWN_WITH_ACTION_MS;
    const timer = setTimeout(() => store.show(null), shown_ms);
    return () => clearTimeout(timer);
  }, [message]);
  return <div role="status">{message === null ? null : <Shown message={message} />}</div>;
}

function Shown({ message: { text, status, action } }: { message: ToastMessage }) {
  return (
    <div className="toast">
      {status === undefined ? null : <i className={`st st--${status}`} aria-hidden="true" />}
      <span>{text}</span>
      {action === undefined ? null : (
        <>
          <Button
            small
            onClick={() => {
              store.show(null);
              action.run();
            }}
          >
            {action.label}
          </Button>
          <IconButton icon={X} label="Dismiss" onClick={() => store.show(null)} />
        </>
      )}
    </div>
  );
}
