import { Play, Plus } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { staleness, useSecond } from "../../queries/usePanelData";
import { useSession } from "../../queries/session";
import { useCommands } from "../../queries/useCommands";
import { useSources } from "../../queries/useSources";
import { useLocationText, useTime } from "../../queries/useTime";
import { ChartTimeProvider } from "../../widgets/chartContext";
import { LiveBadge } from "../bar/LiveBadge";
import { TimePicker } from "../bar/TimePicker";
import { PageHeader } from "../../ui/PageHeader";
import { useTimeCommands } from "../bar/useTimeCommands";
import type { ExploreState } from "./exploreState";
import { MAX_QUERIES, hiddenWithout, letter, readState, writeState } from "./exploreState";
import { Inspector } from "./Inspector";
import { QueryCard } from "./QueryCard";
import { ResultPanel } from "./ResultPanel";
import { Shelf } from "./Shelf";

const DEFAULT_RANGE = { from: "now-15m", to: "now" };
const HISTORY = 50;

/** Questions on the left, answers on the right; nothing is kept but the URL. */
export default function ExplorePage() {
  const session = useSession();
  const place = useLocationText();
  const state = useMemo(() => readState(new URLSearchParams(place.split("?")[1] ?? "")), [place]);
  const time = useTime(DEFAULT_RANGE);
  const { drafts, setDraft, run, runs } = useDrafts(state);
  const [active, setActive] = useState(0);
  const change = useCallback(
    (next: Partial<ExploreState>, how: "push" | "replace" = "replace") =>
      session.location.change(writeState(next), how),
    [session],
  );
  useTimeCommands(time);
  useCommands([
    { id: "query.run", title: "Run", group: "Query", keys: "mod+enter", run: () => run() },
    { id: "query.add", title: "Add a query", group: "Query", run: () => change({ queries: [...drafts, ""] }, "push") },
  ]);
  const sources = useSources(
    state.queries.map((promql, at) => ({ slot: `explore ${letter(at)}`, promql })),
    time,
    runs,
  );
  const watching = time.moving && !time.paused;
  useSecond(watching);
  const newest = Math.max(...sources.map((source) => source.matrix.lastTime ?? -Infinity));
  const pace_ms = Math.max(time.step_ms, time.interval_ms);
  const stale_ms = watching && newest > -Infinity ? staleness(newest, session.clock.now(), pace_ms) : null;
  const put = (promql: string): void => {
    const at = Math.min(active, drafts.length - 1);
    run(drafts.map((draft, index) => (index === at ? promql : draft)));
  };
  return (
    <ChartTimeProvider value={time}>
      <PageHeader title="Explore">
        <LiveBadge time={time} stale_ms={stale_ms} />
        <TimePicker time={time} />
        <button type="button" className="btn btn--primary" title="Run (mod+enter)" onClick={() => run()}>
          <Play className="icon icon--sm" aria-hidden />
          Run
        </button>
      </PageHeader>
      <main className="explore">
        <div className="explore__left">
          <section className="explore__queries" aria-label="Queries">
            {drafts.map((draft, at) => (
              <QueryCard
                key={letter(at)}
                letter={letter(at)}
                draft={draft}
                state={sources[at]?.read() ?? null}
                matrix={sources[at]?.matrix ?? null}
                ran={state.queries[at] ?? ""}
                hidden={state.hidden.includes(letter(at))}
                only={drafts.length === 1}
                onFocus={() => setActive(at)}
                onChange={(text) => setDraft(at, text)}
                onRun={() => run()}
                onFix={(text) => run(drafts.map((one, index) => (index === at ? text : one)))}
                onHide={() => change({ hidden: toggled(state.hidden, letter(at)) })}
                onRemove={() => {
                  const hidden = hiddenWithout(state.hidden, at);
                  change({ queries: drafts.filter((_, index) => index !== at), hidden }, "push");
                }}
              />
            ))}
            <div className="mt-2.5 flex">
              <button
                type="button"
                className="btn btn--sm"
                disabled={drafts.length >= MAX_QUERIES}
                onClick={() => change({ queries: [...drafts, ""] }, "push")}
              >
                <Plus className="icon icon--sm" aria-hidden />
                Query
              </button>
            </div>
          </section>
          <section className="explore__shelf" aria-label="History and metrics">
            <Shelf put={put} />
          </section>
        </div>
        <section className="explore__result" aria-label="Result">
          <ResultPanel state={state} sources={sources} time={time} stale_ms={stale_ms} change={change} />
          <Inspector state={state} sources={sources} time={time} change={change} />
        </section>
      </main>
    </ChartTimeProvider>
  );
}

function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one].sort();
}

interface Drafts {
  drafts: readonly string[];
  runs: number;
  setDraft: (at: number, text: string) => void;
  /** Asks the drafts, or the given texts. */
  run: (texts?: readonly string[]) => void;
}

/** What is typed, until it is run and so becomes the URL. */
function useDrafts({ queries }: ExploreState): Drafts {
  const { location, history } = useSession();
  const asked = JSON.stringify(queries);
  // drafts belong to the questions they were made from: another place in the history drops them
  const [edited, setEdited] = useState<{ asked: string; texts: readonly string[] } | null>(null);
  const [runs, setRuns] = useState(0);
  const drafts = edited?.asked === asked ? edited.texts : queries;
  const setDraft = (at: number, text: string): void =>
    setEdited({ asked, texts: drafts.map((draft, index) => (index === at ? text : draft)) });
  const run = (texts: readonly string[] = drafts): void => {
    setEdited(null);
    setRuns((count) => count + 1);
    location.change(writeState({ queries: texts }), "push");
    const fresh = texts.filter((text) => text.trim() !== "");
    history.set([...new Set([...fresh, ...history.read()])].slice(0, HISTORY));
  };
  return { drafts, runs, setDraft, run };
}
