import { useMemo } from "react";
import type { Band } from "../../../../api/rules";
import type { MatrixView } from "../../../../data/matrix";
import type { Interval } from "../../../../data/timeRange";
import { unitOf } from "../../../../data/units";
import type { Time } from "../../../../queries/useTime";
import type { ChartTime } from "../../../../widgets/chartContext";
import { ChartTimeProvider } from "../../../../widgets/chartContext";
import { LegendInline } from "../../../../widgets/LegendInline";
import { nameSeries } from "../../../../widgets/panelData";
import { TimeChartView } from "../../../../widgets/TimeChartView";
import { useLegend } from "../../../../widgets/useLegend";
import type { Drawn } from "../condition/condition";
import { bandMarks, previewLook } from "./marks";

interface Props {
  title: string;
  view: MatrixView;
  bands: readonly Band[];
  drawn: Drawn;
  interval: Interval;
  time: Time;
  loading: boolean;
}

/** More lines than this say nothing beside each other. */
const TOP_SERIES = 30;
/** So many names have room below. */
const NAMED = 8;
const NO_VALUES: ReadonlyMap<string, string> = new Map();

/** The values that a rule looks at, its numbers as lines, and when it would have fired. */
export function PreviewChart({ title, view, bands, drawn, interval, time, loading }: Props) {
  const chartTime = useMemo<ChartTime>(
    () => ({
      window: () => interval,
      zone: time.zone,
      moving: false,
      zoomTo: time.zoomTo,
      zoomOut: time.zoomOut,
    }),
    [interval, time.zone, time.zoomTo, time.zoomOut],
  );
  const legend = useLegend();
  const series = useMemo(() => nameSeries(view).slice(0, TOP_SERIES), [view]);
  const shown = useMemo(() => series.filter((one) => !legend.hidden.has(one.key)), [series, legend.hidden]);
  const marks = useMemo(() => bandMarks(bands, interval), [bands, interval]);
  const unit = unitOf(drawn.queries);
  const identity = JSON.stringify(drawn.lines);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- identity stands for the lines
  const look = useMemo(() => previewLook(drawn, unit, marks), [identity, unit, marks]);
  return (
    <ChartTimeProvider value={chartTime}>
      <div className="rule-chart">
        <TimeChartView
          title={title}
          kind="lines"
          unit={unit}
          view={view}
          series={shown}
          version={0}
          look={look}
          focus={legend.focus}
          loading={loading}
        />
      </div>
      {series.length > NAMED ? null : <LegendInline series={series} values={NO_VALUES} moment={null} legend={legend} />}
      {view.series.length > TOP_SERIES ? (
        <p className="help-text">
          {TOP_SERIES} of {view.series.length} series are drawn; all of them are evaluated.
        </p>
      ) : null}
    </ChartTimeProvider>
  );
}
