import { useMemo } from "react";
import type { ChartKind } from "../../charts/scene";
import { formatDuration } from "../../data/duration";
import { mergeViews } from "../../data/merge";
import type { QuerySource } from "../../queries/source";
import type { Time } from "../../queries/useTime";
import { Segmented } from "../../ui/Segmented";
import { Failed, NoData } from "../../widgets/ChartState";
import { HeatScale } from "../../widgets/HeatScale";
import { heatTop } from "../../widgets/heatTop";
import { Panel } from "../../widgets/Panel";
import { nameSeries } from "../../widgets/panelData";
import { SeriesTable } from "../../widgets/SeriesTable";
import { TimeChartView } from "../../widgets/TimeChartView";
import { useLegend } from "../../widgets/useLegend";
import { unitOf } from "../../data/units";
import type { ExploreState, ResultView } from "./exploreState";
import { letter } from "./exploreState";

interface Props {
  state: ExploreState;
  sources: readonly QuerySource[];
  time: Time;
  stale_ms: number | null;
  change: (next: Partial<ExploreState>) => void;
}

const VIEWS: readonly { value: ResultView; label: string }[] = [
  { value: "lines", label: "Lines" },
  { value: "stacked", label: "Stacked" },
  { value: "heat", label: "Heat" },
  { value: "table", label: "Table" },
];
const KINDS: Record<ResultView, ChartKind> = { lines: "lines", stacked: "stacked", heat: "heat", table: "lines" };
/** More lines than this are drawn only when asked for. */
const TOP_SERIES = 50;

/** The answers of all shown queries in one chart and one table. */
export function ResultPanel({ state, sources, time, stale_ms, change }: Props) {
  const shown = sources
    .map((source, at) => ({ source, letter: letter(at), promql: state.queries[at] ?? "" }))
    .filter((one) => one.promql.trim() !== "" && !state.hidden.includes(one.letter));
  const states = shown.map((one) => one.source.read());
  const failed = states.filter((one) => one.status === "error");
  const parts = shown
    .filter((_, at) => states[at]?.status !== "error")
    .map((one) => ({ prefix: shown.length > 1 ? `${one.letter} ` : "", view: one.source.matrix.view() }));
  const view = mergeViews(parts);
  const identity = view.series.map((one) => one.key).join("\n");
  const several = shown.length > 1;
  const series = useMemo(
    () => nameSeries(view).map((one) => (several ? { ...one, name: `${one.key.slice(0, 1)} · ${one.name}` } : one)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- identity stands for the view's series
    [identity, several],
  );
  const legend = useLegend();
  const drawn = useMemo(
    () => series.filter((one) => !legend.hidden.has(one.key)).slice(0, legend.all ? undefined : TOP_SERIES),
    [series, legend.hidden, legend.all],
  );
  const loading = states.some((one) => one.status === "loading");
  const settled = states.length > 0 && states.every((one) => one.status === "ready" || one.status === "error");
  const heat = state.view === "heat";
  const unit = unitOf(shown.map((one) => one.promql));
  const top = heat ? heatTop(view, unit) : undefined;
  const firstError = failed[0]?.error ?? null;
  const everyFailed = failed.length > 0 && failed.length === states.length;
  const empty = settled && !everyFailed && series.length === 0;
  const [only] = shown;
  const title =
    only === undefined
      ? "Result"
      : several
        ? shown.map((one) => one.letter).join(", ")
        : `${only.letter} · ${only.promql}`;
  return (
    <Panel
      title={title}
      meta={`${unit === "number" ? "" : `${unit === "percent" ? "%" : unit} · `}${formatDuration(time.step_ms)} step`}
      status={everyFailed ? "crit" : undefined}
      loading={loading}
      auto
      plain
      tools={
        <Segmented
          label="Show as"
          small
          value={state.view}
          choices={VIEWS}
          onChange={(next) => change({ view: next })}
        />
      }
    >
      {state.view === "table" ? null : (
        <div className="panel__body h-[280px] flex-none!">
          {everyFailed && firstError !== null ? (
            <Failed error={firstError} retry={() => shown.forEach((one) => one.source.retry())} />
          ) : shown.length === 0 ? (
            <div className="state">
              <b>Nothing is asked yet</b>
              <span>Choose a metric on the left, or type PromQL and press Run.</span>
            </div>
          ) : empty ? (
            <NoData hint="Look at the range, the label values, or whether the series still reports." />
          ) : (
            <TimeChartView
              title={title}
              kind={KINDS[state.view]}
              unit={unit}
              view={view}
              series={drawn}
              version={states.reduce((sum, one) => sum + one.version, 0)}
              max={top}
              focus={legend.focus}
              stale={stale_ms !== null}
              loading={loading}
            />
          )}
        </div>
      )}
      {top === undefined || everyFailed || series.length === 0 ? null : (
        <div className="panel__foot">
          <HeatScale view={view} series={drawn} unit={unit} max={top} window={time.window()} />
        </div>
      )}
      {series.length === 0 ? (
        state.view === "table" ? (
          <p className="muted p-3">{shown.length === 0 ? "Ask something on the left." : "No series."}</p>
        ) : null
      ) : (
        <SeriesTable
          view={view}
          series={series}
          unit={unit}
          legend={legend}
          top={TOP_SERIES}
          tall={state.view === "table"}
        />
      )}
    </Panel>
  );
}
