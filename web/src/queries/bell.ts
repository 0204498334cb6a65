/** Notifications in the page: the newest, and how many of them who is here has not seen. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { Bell } from "../api/alerts";
import { bell, readBell } from "../api/alerts";
import { useMay } from "./account";
import { useSession } from "./session";

export type BellLine = Bell["notifications"][number];

const KEY = ["bell"] as const;
const EVERY_MS = 10_000;
const NONE: readonly BellLine[] = [];

export interface OwnBell {
  /** Newest first; undefined: not known yet. */
  notifications: readonly BellLine[] | undefined;
  unread: number;
  /** All until this moment had been seen when it was last asked. */
  read_ms: number;
  error: Error | null;
  retry: () => void;
}

/** What was told; whoever reads it relies on one part of the page that has it asked again. */
export function useBell(): OwnBell {
  return useAnswer(false);
}

/** Asks again every few seconds; in a tab that nobody sees only if it shall be heard there. */
export function useBellAgain(): OwnBell {
  const { bellSound, bellNotices } = useSession();
  const sound = useSyncExternalStore(bellSound.watch, bellSound.read);
  const notices = useSyncExternalStore(bellNotices.watch, bellNotices.read);
  return useAnswer(EVERY_MS, sound === "on" || notices === "on");
}

function useAnswer(refetchInterval: number | false, refetchIntervalInBackground = false): OwnBell {
  const may = useMay();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => bell(0, signal),
    enabled: may("status:read"),
    refetchInterval,
    refetchIntervalInBackground,
    staleTime: EVERY_MS / 2,
  });
  const { notifications, unread = 0, read_ms = 0 } = data ?? {};
  return { notifications, unread, read_ms, error, retry: () => void refetch() };
}

/** What is shown has been seen. */
export function useReadBell(): void {
  const client = useQueryClient();
  const { notifications = NONE, unread } = useBell();
  const newest_ms = notifications[0]?.time_ms ?? 0;
  useEffect(() => {
    if (unread === 0 || newest_ms === 0 || document.hidden) return;
    readBell(newest_ms).then(
      () => client.setQueryData<Bell>(KEY, (now) => now && { ...now, unread: 0, read_ms: newest_ms }),
      // it counts as unread until the next time
      () => undefined,
    );
  }, [client, unread, newest_ms]);
}
