/** A dashboard alone on the screen: no navigation, no header, and the screen stays on. In the address: `?kiosk`. */

import { useCallback, useEffect } from "react";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";

export const KIOSK = "kiosk";
/** The playlist that is played, and which of its dashboards it is at. */
export const PLAYLIST = "playlist";
export const ITEM = "item";

/** Whether the address asks for it. */
export function useIsKiosk(): boolean {
  return new URLSearchParams(useLocationText().split("?")[1] ?? "").has(KIOSK);
}

export function useSetKiosk(): (on: boolean) => void {
  const { location } = useSession();
  return useCallback(
    // who leaves also ends what is played there
    (on) => location.change(on ? { [KIOSK]: "" } : { [KIOSK]: null, [PLAYLIST]: null, [ITEM]: null }, "replace"),
    [location],
  );
}

/** Keeps the screen on where the browser can; it lets go when the page is hidden, and is asked again then. */
export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const hold = (): void => {
      if (document.hidden) return;
      navigator.wakeLock.request("screen").then(
        (held) => {
          lock = held;
          if (over) void held.release();
        },
        // low battery, or not permitted: the screen goes off as it always does
        () => undefined,
      );
    };
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", hold);
      void lock?.release();
    };
  }, [on]);
}
