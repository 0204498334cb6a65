import { useMemo, useState } from "react";
import type { Readout } from "../../charts/timeChart";
import type { MatrixView } from "../../data/matrix";
import { nearestIndex } from "../../data/matrix";
import { ChartTimeProvider } from "../chartContext";
import type { TimeOptions } from "../kinds/timeOptions";
import type { WidgetData, WidgetProps, WidgetSeries } from "../plugin";
import { reduceSeries } from "../reduce";
import { TimeChartView } from "../TimeChartView";
import { chartSeries, fieldLook } from "../timeLook";
import { useLegend } from "../useLegend";
import { usePointed } from "../usePointed";
import { useWidgetTime } from "../useWidgetTime";
import { LegendLine, LegendTable } from "../WidgetLegend";
import type { LegendEntry } from "../WidgetLegend";

/** The largest by their mean, in their own order. */
export function largest(series: readonly WidgetSeries[], limit: number, data: WidgetData): readonly WidgetSeries[] {
  const own = series.filter((one) => one.isPast !== true);
  if (own.length <= limit) return series;
  const mean = new Map(own.map((one) => [one, reduceSeries(data.frame.times, one.values, "avg", data.window)]));
  const order = [...own].sort((a, b) => (mean.get(b) || -Infinity) - (mean.get(a) || -Infinity));
  const kept = new Set(order.slice(0, limit).map((one) => one.key));
  return series.filter((one) => kept.has(one.key));
}

type LegendForm = "line" | "table" | "hidden";

export function legendForm(wish: TimeOptions["legend"], count: number, width: number, height: number): LegendForm {
  if (wish !== "auto") return wish;
  if (height < 130 || count === 0) return "hidden";
  if (height < 210) return "line";
  return count <= 4 && width < 420 ? "line" : "table";
}

/** Lines, areas, bars and points over time, with their legend. */
export default function TimeView(props: WidgetProps<TimeOptions>) {
  const { title, options, data, width, height, linksOf, filter } = props;
  const legend = useLegend();
  const [readout, setReadout] = useState<Readout | null>(null);
  const time = useWidgetTime(props);
  const visible = data.frame.series.filter((one) => !one.format.hidden);
  const shown = legend.all ? visible : largest(visible, options.limit, data);
  const view: MatrixView = useMemo(
    () => ({
      step_ms: data.frame.step_ms,
      times_ms: data.frame.times,
      series: data.frame.series.map((one) => ({
        key: one.isPast === true ? `${one.key}\u0000past` : one.key,
        labels: one.labels,
        values: one.values,
      })),
    }),
    [data.frame],
  );
  const charts = chartSeries(shown, options);
  const drawn = charts.filter((one) => !legend.hidden.has(one.key));
  // axes and thresholds change with options and formats, not with every value
  const identity = JSON.stringify([options, shown.map((one) => [one.key, one.format])]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- identity stands for series and options
  const look = useMemo(() => fieldLook(shown, options, data.marks, data.limits), [identity, data.marks, data.limits]);
  const series = useMemo(
    () => drawn,
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [identity, data.version, data.frame, legend.hidden],
  );
  const entries: LegendEntry[] = shown.flatMap((one, at) => {
    const chart = charts[at];
    if (chart === undefined) return [];
    return [{ chart, series: one, color: `var(--${chart.look?.color ?? `s${chart.slot.category + 1}`})` }];
  });
  const pointed = usePointed(
    legend.focus,
    entries.map(({ chart, series: one }) => ({ key: chart.key, series: one })),
  );
  const form = legendForm(options.legend, shown.length, width, height);
  const legendProps = {
    entries,
    times: data.frame.times,
    window: data.window,
    legend,
    total: visible.filter((one) => one.isPast !== true).length,
    limit: options.limit,
    readout: readout?.values ?? null,
    pointed,
    linksOf,
    filter,
  };
  return (
    <ChartTimeProvider value={time}>
      <div className="wtime">
        <div className="wtime__chart">
          <TimeChartView
            title={title}
            kind="lines"
            unit={look.left.unit}
            view={view}
            series={series}
            version={data.version}
            look={look}
            focus={pointed}
            stale={data.stale_ms !== null}
            loading={data.status === "loading"}
            onReadout={setReadout}
            linksAt={(key, time_ms) => {
              const found = entries.find((one) => one.chart.key === key)?.series;
              const value = found?.values[nearestIndex(data.frame.times, time_ms)] ?? NaN;
              return found === undefined ? [] : linksOf(found, Number.isNaN(value) ? null : value, time_ms);
            }}
          />
        </div>
        {form === "line" ? <LegendLine {...legendProps} /> : null}
        {form === "table" ? <LegendTable {...legendProps} /> : null}
      </div>
    </ChartTimeProvider>
  );
}
