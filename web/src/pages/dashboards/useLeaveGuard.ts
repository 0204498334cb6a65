import { useCallback, useEffect, useState } from "react";
import { useSession } from "../../queries/session";

export interface Leaving {
  /** Opens the page that was asked for; null while nobody wants to leave. */
  asked: (() => void) | null;
  stay: () => void;
}

/** Asks before another page is opened, or the browser's tab is closed, while something is not saved. */
export function useLeaveGuard(unsaved: boolean, isUnsaved: () => boolean): Leaving {
  const { location } = useSession();
  const [asked, setAsked] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    const end = location.guarded((_path, leave) => {
      // it may just have been saved
      if (!isUnsaved()) return true;
      setAsked(() => leave);
      return false;
    });
    return () => {
      window.removeEventListener("beforeunload", warn);
      end();
    };
  }, [unsaved, isUnsaved, location]);
  const stay = useCallback(() => setAsked(null), []);
  return { asked, stay };
}
