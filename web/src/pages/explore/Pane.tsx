import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { useHasNothing } from "../../dashboards/sample/NothingYet";
import { useCommands } from "../../queries/useCommands";
import { ChartTimeProvider } from "../../widgets/chartContext";
import { useTimeCommands } from "../bar/useTimeCommands";
import { EmptyProject } from "../host/EmptyProject";
import { MAX_QUERIES, hiddenWithout, letter } from "./exploreState";
import { AddToDashboard } from "./AddToDashboard";
import { Inspector } from "./Inspector";
import { QueryCard } from "./QueryCard";
import { ResultPanel } from "./ResultPanel";
import { Shelf } from "./Shelf";
import type { Explore } from "./useExplore";

interface Props {
  explore: Explore;
  /** Keys and the shelf's choices go to this pane. */
  chosen: boolean;
  onChoose: () => void;
  /** Names the pane where there are two. */
  name?: string;
  /** On top of the pane: its own range, run. */
  bar?: ReactNode;
}

/** Keys of the pane that was used last. */
function PaneKeys({ explore }: { explore: Explore }) {
  const { time, run, change, drafts } = explore;
  useTimeCommands(time);
  useCommands([
    { id: "query.run", title: "Run", group: "Query", keys: "mod+enter", run: () => run() },
    { id: "query.add", title: "Add a query", group: "Query", run: () => change({ queries: [...drafts, ""] }, "push") },
  ]);
  return null;
}

/** Questions, and what the server answers to them. */
export function Pane({ explore, chosen, onChoose, name, bar }: Props) {
  const { state, time, drafts, sources, stale_ms, setDraft, run, change } = explore;
  const [active, setActive] = useState(0);
  const nothing = useHasNothing() === true;
  const put = (promql: string): void => {
    const at = Math.min(active, drafts.length - 1);
    run(drafts.map((draft, index) => (index === at ? promql : draft)));
  };
  const named = (part: string): string => (name === undefined ? part : `${part}, ${name}`);
  return (
    <ChartTimeProvider value={time}>
      {chosen ? <PaneKeys explore={explore} /> : null}
      <div className="explore" onFocusCapture={onChoose} onPointerDownCapture={onChoose}>
        {bar}
        <div className="explore__left">
          <section className="explore__queries" aria-label={named("Queries")}>
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
            <div className="mt-2.5 flex flex-wrap gap-2">
              <button
                type="button"
                className="btn btn--sm"
                disabled={drafts.length >= MAX_QUERIES}
                onClick={() => change({ queries: [...drafts, ""] }, "push")}
              >
                <Plus className="icon icon--sm" aria-hidden />
                Query
              </button>
              <AddToDashboard explore={explore} />
            </div>
          </section>
          <section className="explore__shelf" aria-label={named("History and metrics")}>
            <Shelf put={put} />
          </section>
        </div>
        <section className="explore__result" aria-label={named("Result")}>
          {nothing ? (
            <EmptyProject />
          ) : (
            <>
              <ResultPanel state={state} sources={sources} time={time} stale_ms={stale_ms} change={change} />
              <Inspector state={state} sources={sources} time={time} change={change} />
            </>
          )}
        </section>
      </div>
    </ChartTimeProvider>
  );
}

function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one].sort();
}
