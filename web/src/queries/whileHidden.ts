/** What happens to the live connection while nobody sees the page. */

import { goingOf } from "../data/refresh";
import type { Session } from "./session";

type Shown = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;
type Held = Pick<Session, "live" | "freeze" | "location">;

/** Hangs up when the tab is hidden, unless its time was told to go on, and takes up again when it is seen. */
export function holdWhileHidden(page: Shown, { live, freeze, location }: Held): () => void {
  const look = (): void => {
    if (!page.hidden) {
      if (freeze.interval === null) live.resume();
    } else if (goingOf(location.params.get("live"), false) !== "force") live.hold();
  };
  page.addEventListener("visibilitychange", look);
  return () => page.removeEventListener("visibilitychange", look);
}
