import { Columns2, Link2, Link2Off, Play, X } from "lucide-react";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import { Freeze } from "../../data/freeze";
import { PaneAddress } from "../../data/location";
import { PlaybackBar } from "../../dashboards/playback/PlaybackBar";
import { PlaybackButton } from "../../dashboards/playback/PlaybackButton";
import { SessionProvider, useSession } from "../../queries/session";
import { useCommands } from "../../queries/useCommands";
import { useLocationText } from "../../queries/useTime";
import { PageHeader } from "../../ui/PageHeader";
import { LiveBadge } from "../bar/LiveBadge";
import { TimePicker } from "../bar/TimePicker";
import { RIGHT, linkToggled, sharedParams, splitClosed, splitOpened } from "./exploreState";
import { Pane } from "./Pane";
import { useExplore } from "./useExplore";

type Side = "left" | "right";

/** Questions on the left, answers on the right, or two of both beside each other; nothing is kept but the URL. */
export default function ExplorePage() {
  const { location } = useSession();
  const params = new URLSearchParams(useLocationText().split("?")[1] ?? "");
  const split = params.get("split") === "1";
  const linked = params.get("link") !== "0";
  const left = useExplore("explore");
  const [chosen, setChosen] = useState<Side>("left");
  const toggleSplit = (): void =>
    location.change(split ? splitClosed(params) : splitOpened({ ...left.state, queries: left.drafts }), "push");
  useCommands([
    { id: "query.split", title: split ? "Close the split view" : "Split the view", group: "Query", run: toggleSplit },
  ]);
  return (
    <>
      <PageHeader title="Explore">
        {split ? (
          <>
            <button
              type="button"
              className="btn btn--fold"
              aria-pressed={linked}
              title={linked ? "Both panes show the same time" : "Each pane has its own time"}
              onClick={() => location.change(linkToggled(params), "push")}
            >
              {linked ? (
                <Link2 className="icon icon--sm" aria-hidden />
              ) : (
                <Link2Off className="icon icon--sm" aria-hidden />
              )}
              <span>{linked ? "Time linked" : "Time apart"}</span>
            </button>
            <button type="button" className="btn btn--fold" onClick={toggleSplit}>
              <X className="icon icon--sm" aria-hidden />
              <span>Close split</span>
            </button>
          </>
        ) : (
          <button type="button" className="btn btn--fold" title="Two questions beside each other" onClick={toggleSplit}>
            <Columns2 className="icon icon--sm" aria-hidden />
            <span>Split</span>
          </button>
        )}
        <LiveBadge time={left.time} stale_ms={left.stale_ms} />
        <PlaybackButton time={left.time} />
        {split && !linked ? null : <TimePicker time={left.time} />}
        {split ? null : <RunButton run={() => left.run()} primary />}
      </PageHeader>
      <main className={split ? "panes panes--split" : "panes"}>
        <Pane
          explore={left}
          chosen={!split || chosen === "left"}
          onChoose={() => setChosen("left")}
          {...(split ? { name: "left pane", bar: <PaneBar side="left">{paneTools(left, linked)}</PaneBar> } : {})}
        />
        {split ? (
          <RightSession>
            <RightPane linked={linked} chosen={chosen === "right"} onChoose={() => setChosen("right")} />
          </RightSession>
        ) : null}
      </main>
      <PlaybackBar time={left.time} />
    </>
  );
}

function RunButton({ run, primary }: { run: () => void; primary?: boolean }) {
  return (
    <button
      type="button"
      className={primary === true ? "btn btn--primary" : "btn"}
      title="Run (mod+enter)"
      onClick={run}
    >
      <Play className="icon icon--sm" aria-hidden />
      Run
    </button>
  );
}

function PaneBar({ side, children }: { side: Side; children: ReactNode }) {
  return (
    <div className="pane-bar">
      <h2>{side === "left" ? "Left" : "Right"}</h2>
      <span className="spacer" />
      {children}
    </div>
  );
}

function paneTools(explore: ReturnType<typeof useExplore>, linked: boolean): ReactNode {
  return (
    <>
      {linked ? null : <TimePicker time={explore.time} />}
      <RunButton run={() => explore.run()} />
    </>
  );
}

/** The second pane has a part of the address for itself, and stands still by itself. */
function RightSession({ children }: { children: ReactNode }) {
  const session = useSession();
  const own = useMemo(
    () => ({
      ...session,
      location: new PaneAddress(session.location, RIGHT, sharedParams),
      freeze: new Freeze(),
    }),
    [session],
  );
  return <SessionProvider value={own}>{children}</SessionProvider>;
}

function RightPane({ linked, chosen, onChoose }: { linked: boolean; chosen: boolean; onChoose: () => void }) {
  const explore = useExplore("explore right");
  return (
    <Pane
      explore={explore}
      chosen={chosen}
      onChoose={onChoose}
      name="right pane"
      bar={<PaneBar side="right">{paneTools(explore, linked)}</PaneBar>}
    />
  );
}
