import { ZoomOut } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useMemo, useState } from "react";
import { Provider } from "react-redux";
import { SessionProvider, useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { useLocationText, useTime } from "../../queries/useTime";
import { holdWhileHidden } from "../../queries/whileHidden";
import { Button } from "../../ui";
import { ChartTimeProvider } from "../../widgets/chartContext";
import { AloneWidget } from "../canvas/AloneWidget";
import { CanvasActionsProvider } from "../canvas/actions";
import { Canvas } from "../canvas/Canvas";
import { DashboardContextProvider } from "../context";
import { PlannerProvider } from "../data/planner";
import type { Variables } from "../data/useVariables";
import { VariablesProvider } from "../data/useVariables";
import { readDashboard } from "../document";
import { MarksProvider } from "../marks/useMarks";
import { createDashboardStore, useDashboard } from "../store";
import { frozenPlanner } from "./frozenPlan";
import { frozenSession } from "./frozenSession";
import { timeWithin } from "./partOf";
import { useFrozenMarks } from "./useFrozenMarks";
import type { FrozenView } from "./view";
import "../dashboards.css";

interface Props {
  view: FrozenView;
  /** What stands above it. */
  header: (time: Time) => ReactNode;
}

const nothing = (): void => undefined;
const NO_VARIABLES: Variables = {
  scope: new Map(),
  filters: [],
  states: [],
  hasAdhoc: false,
  choose: nothing,
  filterBy: nothing,
  setFilters: nothing,
};

/** A dashboard that was given away: it shows what was frozen with it, and leads nowhere. */
export function FrozenDashboard({ view, header }: Props) {
  const outer = useSession();
  const { title, spec, questions } = view;
  const session = useMemo(() => frozenSession(outer, view, outer.location.params), [outer, view]);
  const store = useMemo(
    () => createDashboardStore(null, { name: title, spec: readDashboard(spec) }, "view"),
    [title, spec],
  );
  const planner = useMemo(() => frozenPlanner(questions), [questions]);
  useEffect(() => holdWhileHidden(document, session), [session]);
  return (
    <SessionProvider value={session}>
      <Provider store={store}>
        <PlannerProvider value={planner}>
          <Inside view={view} header={header} />
        </PlannerProvider>
      </Provider>
    </SessionProvider>
  );
}

function Inside({ view, header }: Props) {
  const { location } = useSession();
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const spec = useDashboard((state) => state.draft.spec);
  const own = useTime(spec.time);
  const time = useMemo(() => (view.zoom ? timeWithin(own, view.whole, location) : own), [own, view, location]);
  const marks = useFrozenMarks(view, spec.widgets, time);
  const isPart = view.zoom && params.has("from");
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [only] = spec.widgets;
  // what is one widget fills the view
  const single = spec.widgets.length === 1 && spec.sections.length === 0 ? (only?.id ?? "") : "";
  const panel = params.get("panel") ?? single;
  const context = useMemo(() => ({ time }), [time]);
  const actions = useMemo(
    () => ({
      mayEdit: false,
      leadsOn: false,
      configure: nothing,
      show: (id: string | null) => location.change({ panel: id }, "replace"),
    }),
    [location],
  );
  return (
    <DashboardContextProvider value={context}>
      <VariablesProvider value={NO_VARIABLES}>
        <MarksProvider value={marks}>
          <ChartTimeProvider value={time}>
            <CanvasActionsProvider value={actions}>
              {header(time)}
              {isPart ? (
                <section className="frozen-part" aria-label="Part of the time">
                  <span className="soft">A part of the time that is shared</span>
                  <Button small icon={ZoomOut} onClick={() => location.change({ from: null, to: null }, "push")}>
                    Show all
                  </Button>
                </section>
              ) : null}
              <div className="dash">
                <main className="dash__scroll" aria-label="Dashboard">
                  {spec.widgets.some((one) => one.id === panel) ? (
                    <AloneWidget id={panel} />
                  ) : (
                    <Canvas
                      tab={params.get("tab")}
                      onTab={(tab) => location.change({ tab }, "replace")}
                      folds={folds}
                      onFold={(id, open) => setFolds(new Map(folds).set(id, open))}
                    />
                  )}
                </main>
              </div>
            </CanvasActionsProvider>
          </ChartTimeProvider>
        </MarksProvider>
      </VariablesProvider>
    </DashboardContextProvider>
  );
}
