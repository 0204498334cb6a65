import { Search } from "lucide-react";
import { useMemo } from "react";
import { useCommands } from "../../queries/useCommands";
import { usePanelData } from "../../queries/usePanelData";
import { useSession } from "../../queries/session";
import { useTime } from "../../queries/useTime";
import { ChartTimeProvider } from "../../widgets/chartContext";
import { PlaybackBar } from "../../dashboards/playback/PlaybackBar";
import { PlaybackButton } from "../../dashboards/playback/PlaybackButton";
import { useHasNothing } from "../../dashboards/sample/NothingYet";
import { SampleDataButton } from "../../dashboards/sample/SampleDataButton";
import { LiveBadge } from "../bar/LiveBadge";
import { TimePicker } from "../bar/TimePicker";
import { PageHeader } from "../../ui/PageHeader";
import { useTimeCommands } from "../bar/useTimeCommands";
import { AboutServer } from "./AboutServer";
import { Arriving } from "./Arriving";
import { FirstQuestions } from "./FirstQuestions";
import { HostHead } from "./HostHead";
import { HostPanels } from "./HostPanels";
import { HostTiles } from "./HostTiles";
import { questions } from "./questions";
import { SendData } from "./SendData";
import { useHostInfo } from "./useHostInfo";

const TRACKS = [
  ["CPU, %", "cpu"],
  ["Memory", "memory"],
  ["Network", "network"],
  ["Disk I/O", "disk"],
] as const;
const DEFAULT_RANGE = { from: "now-1m", to: "now" };

/** This machine, live: what it does now and did in the chosen range. */
export function HostPage() {
  const { commands } = useSession();
  const time = useTime(DEFAULT_RANGE);
  useTimeCommands(time);
  useCommands([]);
  const asked = useMemo(() => questions(time.step_ms), [time.step_ms]);
  const tracks = useMemo(
    () => TRACKS.map(([title, name]) => ({ title, promql: `sum(${asked[name].promql})` })),
    [asked],
  );
  const { info } = useHostInfo();
  const cpu = usePanelData(asked.cpu, time);
  const missing = info === null && cpu.status === "ready" && cpu.view.series.length === 0;
  return (
    <ChartTimeProvider value={time}>
      <PageHeader title="Host">
        <LiveBadge time={time} stale_ms={cpu.stale_ms} />
        <PlaybackButton time={time} />
        <TimePicker time={time} />
        <button
          type="button"
          className="btn wide-only"
          onClick={() =>
            commands
              .read()
              .find((one) => one.id === "view.palette")
              ?.run()
          }
        >
          <Search className="icon icon--sm" aria-hidden />
          Search <kbd className="kbd">mod k</kbd>
        </button>
      </PageHeader>
      <main className="host-page">
        <section aria-label="This host" className="min-w-0">
          <HostHead info={info} stale_ms={cpu.stale_ms} />
          {missing ? <NotCollected /> : null}
          {missing ? null : <HostTiles asked={asked} time={time} info={info ?? null} />}
          {missing ? null : <HostPanels asked={asked} time={time} memory_bytes={info?.memory_bytes} />}
        </section>
        <aside className="side" aria-label="Next steps">
          <SendData />
          <Arriving time={time} />
          <FirstQuestions />
          <AboutServer time={time} />
        </aside>
      </main>
      <PlaybackBar time={time} choices={tracks} />
    </ChartTimeProvider>
  );
}

function NotCollected() {
  const nothing = useHasNothing() === true;
  return (
    <div className="panel relative h-60">
      <div className="state">
        <b>This host is not collected in this range</b>
        <span>The host collector is off, or it was not running then. Data that others send is in Explore.</span>
        {nothing ? <SampleDataButton small /> : null}
      </div>
    </div>
  );
}
