import { BellOff } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import type { BellLine as Row } from "../../../queries/bell";
import { useBell, useReadBell } from "../../../queries/bell";
import { useSession } from "../../../queries/session";
import type { Status } from "../../../ui";
import { Badge, EmptyState, Notice, Section, Switch } from "../../../ui";
import { Moment } from "../../access/Moment";
import { Problem } from "../../access/Problem";

const MARKS: Readonly<Record<string, Status>> = {
  firing: "crit",
  resolved: "ok",
  acknowledged: "info",
};

/** What was told in the page, newest first, and how one wants to hear of it. */
export function BellPage() {
  const { notifications, read_ms, error, retry } = useBell();
  // what was new when the page was opened stays marked
  const [first_ms, setFirst] = useState<number | null>(null);
  if (first_ms === null && notifications !== undefined) setFirst(read_ms);
  useReadBell();
  if (error !== null && notifications === undefined) return <Problem error={error} retry={retry} />;
  return (
    <>
      <Section title="How you hear of it">
        <Ways />
      </Section>
      <Section title="Notifications" flush>
        {notifications?.length === 0 ? (
          <EmptyState icon={BellOff} title="No notifications yet">
            Alerts whose route leads to the page ring here.
          </EmptyState>
        ) : (
          <ul className="alert-bell" aria-label="Notifications, newest first">
            {(notifications ?? []).map((one) => (
              <Line key={one.id} row={one} isNew={one.time_ms > (first_ms ?? Infinity)} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function Line({ row, isNew }: { row: Row; isNew: boolean }) {
  const { status, title, text, time_ms } = row;
  return (
    <li data-new={isNew ? "" : undefined}>
      <div className="alert-bell__head">
        <Badge status={MARKS[status] ?? "unknown"}>{status}</Badge>
        <b>{title}</b>
        {isNew ? <span className="tag">new</span> : null}
        <span className="muted ml-auto">
          <Moment at_ms={time_ms} />
        </span>
      </div>
      {text === "" ? null : <p className="alert-bell__text soft">{text}</p>}
    </li>
  );
}

/** Sound and notifications of the browser; kept by this browser. */
function Ways() {
  const { bellSound, bellNotices } = useSession();
  const sound = useSyncExternalStore(bellSound.watch, bellSound.read);
  const notices = useSyncExternalStore(bellNotices.watch, bellNotices.read);
  const [refused, setRefused] = useState(false);
  const can = "Notification" in window;
  const choose = async (on: boolean): Promise<void> => {
    const given = on ? await Notification.requestPermission() : "granted";
    setRefused(given !== "granted");
    bellNotices.set(on && given === "granted" ? "on" : "off");
  };
  return (
    <div className="grid gap-3">
      <Switch
        label="Play a sound"
        help="Two soft notes with each new notification, also while this tab is not in view."
        checked={sound === "on"}
        onChange={(on) => bellSound.set(on ? "on" : "off")}
      />
      <Switch
        label="Notifications of the browser"
        help={
          can ? "Shown by the system while this tab is not in view." : "This browser has none, or not over plain http."
        }
        checked={notices === "on"}
        disabled={!can}
        onChange={(on) => void choose(on)}
      />
      {refused ? <Notice kind="warn">The browser does not allow it. Its settings for this site do.</Notice> : null}
    </div>
  );
}
