import { useQuery } from "@tanstack/react-query";
import { Minimize2, Pause, Play, SkipBack, SkipForward } from "lucide-react";
import type { ReactNode } from "react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { getDocument } from "../../api/documents";
import { useProject } from "../../queries/account";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";
import { IconButton } from "../../ui";
import { ITEM, KIOSK, PLAYLIST, useSetKiosk, useWakeLock } from "../bar/kiosk";
import { MISSING_S, playAddress, readPlaylist, stepped } from "./playlist";
import "./playlists.css";

const SHOWN_MS = 3000;
const SECOND_MS = 1000;

/** What is on the screen beside a dashboard in kiosk: a way out, and the controls of the playlist that is played. */
export default function KioskBar() {
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const on = params.has(KIOSK);
  const setKiosk = useSetKiosk();
  useWakeLock(on);
  useEffect(() => {
    if (!on) return;
    document.documentElement.dataset["kiosk"] = "";
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) setKiosk(false);
    };
    window.addEventListener("keydown", onKey);
    return () => {
      delete document.documentElement.dataset["kiosk"];
      window.removeEventListener("keydown", onKey);
    };
  }, [on, setKiosk]);
  if (!on) return null;
  const playlist = params.get(PLAYLIST);
  return (
    <Bar>
      {playlist === null ? null : <Playing playlist={playlist} at={Number(params.get(ITEM) ?? 0) || 0} />}
      <IconButton icon={Minimize2} label="Leave full screen" keys="Esc" onClick={() => setKiosk(false)} />
    </Bar>
  );
}

/** Seen while somebody moves the pointer, or has the focus in it. */
function Bar({ children }: { children: ReactNode }) {
  const [seen, setSeen] = useState(true);
  useEffect(() => {
    let timer = window.setTimeout(() => setSeen(false), SHOWN_MS);
    const onMove = (): void => {
      setSeen(true);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setSeen(false), SHOWN_MS);
    };
    const events = ["pointermove", "pointerdown", "keydown"] as const;
    for (const name of events) window.addEventListener(name, onMove);
    return () => {
      window.clearTimeout(timer);
      for (const name of events) window.removeEventListener(name, onMove);
    };
  }, []);
  return (
    <aside className="kiosk-bar" aria-label="Full screen" data-seen={seen ? "" : undefined}>
      {children}
    </aside>
  );
}

/** Goes on to the next dashboard when its time is over; one that is not there is soon passed over. */
function Playing({ playlist, at: asked }: { playlist: string; at: number }) {
  const { location } = useSession();
  const project = useProject();
  const [paused, setPaused] = useState(false);
  const list = useQuery({
    queryKey: ["playlist", playlist],
    queryFn: ({ signal }) => getDocument("playlist", playlist, signal),
    refetchInterval: 60_000,
  });
  const { items } = useMemo(() => readPlaylist(list.data?.spec), [list.data]);
  const at = stepped(asked, 0, items.length);
  const item = items[at];
  const there = useQuery({
    queryKey: ["playlist item", item?.dashboard ?? ""],
    queryFn: ({ signal }) => getDocument("dashboard", item?.dashboard ?? "", signal),
    enabled: item !== undefined,
    retry: false,
    staleTime: 0,
  });
  const missing = there.error instanceof ApiError && there.error.status === 404;
  const length_s = item === undefined ? MISSING_S : missing ? Math.min(MISSING_S, item.seconds) : item.seconds;
  const go = useCallback(
    (by: number) => {
      if (items.length > 0)
        location.open(playAddress(playlist, items, stepped(at, by, items.length), project), "replace");
    },
    [location, playlist, items, at, project],
  );
  const left_s = useCountdown(`${playlist} ${at}`, length_s, paused || items.length < 2, go);
  const name = list.data?.name ?? "Playlist";
  if (list.error !== null) return <span className="kiosk-bar__words">{list.error.message}</span>;
  return (
    <>
      <span className="kiosk-bar__words">
        <b>{name}</b>
        <span className="num">
          {items.length === 0 ? " is empty" : ` ${at + 1} of ${items.length}`}
          {missing ? ", this dashboard is not there" : ""}
          {items.length < 2 || paused ? "" : `, ${left_s}\u2009s`}
        </span>
      </span>
      <IconButton icon={SkipBack} label="Dashboard before" onClick={() => go(-1)} disabled={items.length < 2} />
      <IconButton
        icon={paused ? Play : Pause}
        label={paused ? "Go on" : "Stay at this dashboard"}
        onClick={() => setPaused(!paused)}
        disabled={items.length < 2}
      />
      <IconButton icon={SkipForward} label="Next dashboard" onClick={() => go(1)} disabled={items.length < 2} />
    </>
  );
}

/** Whole seconds that are left; calls `over` once when there are none. A pause keeps what is left. */
function useCountdown(what: string, length_s: number, held: boolean, over: (by: number) => void): number {
  const [passed, setPassed] = useState({ what, seconds: 0 });
  if (passed.what !== what) setPassed({ what, seconds: 0 });
  const newest = useRef(over);
  useEffect(() => {
    newest.current = over;
  });
  useEffect(() => {
    if (held) return;
    const timer = window.setInterval(
      () => setPassed((now) => ({ what: now.what, seconds: now.seconds + 1 })),
      SECOND_MS,
    );
    return () => window.clearInterval(timer);
  }, [held, what]);
  const left_s = Math.max(0, length_s - passed.seconds);
  useEffect(() => {
    if (left_s === 0 && !held) newest.current(1);
  }, [left_s, held, what]);
  return left_s;
}
