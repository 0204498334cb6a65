import { ChartLine, Table2 } from "lucide-react";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import type { FieldLook } from "../charts/look";
import type { ChartKind, ChartSeries } from "../charts/scene";
import type { Unit } from "../data/format";
import { format, scale } from "../data/format";
import { formatDuration } from "../data/duration";
import type { Readout } from "../charts/timeChart";
import { formatMoment } from "../data/timeRange";
import { useChartTime } from "./chartContext";
import { Failed, NoData } from "./ChartState";
import { HeatScale } from "./HeatScale";
import { LegendInline } from "./LegendInline";
import { Panel } from "./Panel";
import type { Naming, PanelData } from "./panelData";
import { nameSeries } from "./panelData";
import { TimeChartView } from "./TimeChartView";
import { useLegend } from "./useLegend";
import { ValueTable } from "./ValueTable";

interface Props {
  title: string;
  meta?: string;
  kind: ChartKind;
  unit: Unit;
  max?: number;
  data: PanelData;
  naming?: Naming;
  hint?: string;
  actions?: ReactNode;
  /** Axes, thresholds and marks. */
  look?: FieldLook;
}

function newest(series: readonly ChartSeries[], data: PanelData, unit: Unit): Map<string, string> {
  const row = data.view.times_ms.length - 1;
  const columns = new Map(data.view.series.map((one) => [one.key, one.values]));
  return texts(new Map(series.map(({ key }) => [key, columns.get(key)?.[row] ?? NaN])), unit);
}

function texts(values: ReadonlyMap<string, number>, unit: Unit): Map<string, string> {
  const written = new Map<string, string>();
  // the title already says that these are per cent, and a legend of five has no room to repeat it
  const write = (value: number): string => (unit === "percent" ? scale(value, unit).text : format(value, unit));
  for (const [key, value] of values) if (!Number.isNaN(value)) written.set(key, write(value));
  return written;
}

/** A chart with its title, legend and honest states. */
export function ChartPanel({ title, meta, kind, unit, max, data, naming, hint, actions, look }: Props) {
  const { window, zone } = useChartTime();
  const legend = useLegend();
  const [asTable, setAsTable] = useState(false);
  const [readout, setReadout] = useState<Readout | null>(null);
  const identity = data.view.series.map((one) => one.key).join("\n");
  // names change only with the set of series, not with every value
  // eslint-disable-next-line react-hooks/exhaustive-deps -- identity stands for the view's series
  const series = useMemo(() => nameSeries(data.view, naming), [identity, naming]);
  const shown = useMemo(() => series.filter((one) => !legend.hidden.has(one.key)), [series, legend.hidden]);
  const empty = data.status !== "first" && data.status !== "error" && series.length === 0;
  const failed = data.error !== null && data.status === "error";
  const stale = data.stale_ms !== null;

  const notice = stale ? (
    <span className="pnote pnote--warn">
      <i className="st st--warn" />
      {formatDuration(data.stale_ms ?? 0)} old
    </span>
  ) : undefined;
  const switchView = (
    <button
      type="button"
      className="icon-btn"
      aria-pressed={asTable}
      title={asTable ? "Show as chart" : "Show as table"}
      aria-label={`${title}: ${asTable ? "show as chart" : "show as table"}`}
      onClick={() => setAsTable(!asTable)}
    >
      {asTable ? <ChartLine className="icon icon--sm" aria-hidden /> : <Table2 className="icon icon--sm" aria-hidden />}
    </button>
  );
  const legendLine = (
    <LegendInline
      series={series}
      values={readout === null ? newest(series, data, unit) : texts(readout.values, unit)}
      moment={readout === null ? null : formatMoment(readout.time_ms, zone, false, true)}
      legend={legend}
    />
  );
  const heatScale = <HeatScale view={data.view} series={series} unit={unit} max={max ?? 100} window={window()} />;
  const foot = failed || empty || asTable ? undefined : kind === "heat" ? heatScale : legendLine;
  return (
    <Panel
      title={title}
      meta={meta}
      status={failed ? "crit" : undefined}
      notice={notice}
      actions={
        <>
          {actions}
          {switchView}
        </>
      }
      loading={data.status === "loading"}
      foot={foot}
    >
      <div className="panel__body">
        {failed && data.error !== null ? <Failed error={data.error} retry={data.retry} /> : null}
        {empty ? <NoData hint={hint ?? ""} /> : null}
        {failed || empty ? null : asTable ? (
          <ValueTable caption={title} view={data.view} series={series} unit={unit} window={window()} />
        ) : (
          <TimeChartView
            title={title}
            kind={kind}
            unit={unit}
            view={data.view}
            series={shown}
            version={data.version}
            max={max}
            look={look}
            focus={legend.focus}
            stale={stale}
            loading={data.status === "loading"}
            onReadout={setReadout}
          />
        )}
      </div>
    </Panel>
  );
}
