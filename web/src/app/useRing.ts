/** Tells what is new in the bell: a toast, and where that is wanted a sound and a notification of the browser. */

import { useEffect, useRef } from "react";
import type { BellLine as Row } from "../queries/bell";
import { useBellAgain } from "../queries/bell";
import { useSession } from "../queries/session";
import { toast } from "../ui/Toast";
import { chime } from "./chime";

const STATUS = { firing: "crit", resolved: "ok", acknowledged: "ok" } as const;

/** Those that came after a moment, newest first. */
export const newSince = (rows: readonly Row[], seen_ms: number): readonly Row[] =>
  rows.filter((one) => one.time_ms > seen_ms);

/** One sentence for all that is new. */
export function ringWords(rows: readonly Row[]): string {
  const [newest] = rows;
  if (newest === undefined) return "";
  return rows.length === 1 ? newest.title : `${newest.title}, and ${rows.length - 1} more`;
}

/** The list of alerts, as far as they belong to what was told. */
export function placeOf({ labels }: Pick<Row, "labels">): string {
  const name = labels["alertname"] ?? "";
  return name === "" ? "/alerts/bell" : `/alerts/open?${new URLSearchParams({ text: `alertname=${name}` }).toString()}`;
}

export function useRing(): void {
  const { location, bellSound, bellNotices } = useSession();
  const { notifications } = useBellAgain();
  // what was there before the page was opened is counted, but not told
  const seen_ms = useRef<number | null>(null);
  useEffect(() => {
    if (notifications === undefined) return;
    const [newest] = notifications;
    const before_ms = seen_ms.current;
    seen_ms.current = Math.max(before_ms ?? 0, newest?.time_ms ?? 0);
    if (newest === undefined || before_ms === null || newest.time_ms <= before_ms) return;
    const fresh = newSince(notifications, before_ms);
    const text = ringWords(fresh);
    const open = (): void => location.open(placeOf(newest));
    const status = newest.status in STATUS ? STATUS[newest.status as keyof typeof STATUS] : "warn";
    const shown = location.path === "/alerts" || location.path.startsWith("/alerts/");
    if (!shown) toast({ text, status, action: { label: "Open", run: open } });
    if (bellSound.read() === "on") chime();
    if (bellNotices.read() === "on" && document.hidden && Notification.permission === "granted") {
      const notice = new Notification(text, { body: newest.text.slice(0, 300), tag: newest.group_key });
      notice.onclick = () => {
        window.focus();
        open();
        notice.close();
      };
    }
  }, [notifications, location, bellSound, bellNotices]);
}
