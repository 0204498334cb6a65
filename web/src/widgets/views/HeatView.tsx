import { useMemo } from "react";
import type { SeriesLook } from "../../charts/look";
import type { ChartSeries } from "../../charts/scene";
import { DEFAULT_FORMAT, writeField } from "../../data/fieldFormat";
import type { MatrixView } from "../../data/matrix";
import { ChartTimeProvider } from "../chartContext";
import { heatRows } from "../heatRows";
import { HeatScale } from "../HeatScale";
import type { HeatOptions } from "../kinds/heatmap";
import type { WidgetProps } from "../plugin";
import { reduceSeries } from "../reduce";
import { TimeChartView } from "../TimeChartView";
import { marksLook } from "../timeLook";
import { usePointed } from "../usePointed";
import { useWidgetTime } from "../useWidgetTime";

/** Names that leave no room for cells are cut. */
function short(name: string, letters: number): string {
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

const CELL: Omit<SeriesLook, "write"> = {
  shape: "line",
  axis: "left",
  nulls: "gap",
  curve: "linear",
  width_px: 1,
  fill: 0,
  color: "q5",
  past: false,
  low: null,
  high: null,
};

/** Cells of colour: time to the right, a row for each series or bucket. */
export default function HeatView(props: WidgetProps<HeatOptions>) {
  const { title, options, data, width, height } = props;
  const time = useWidgetTime(props);
  const letters = Math.max(6, Math.floor((width * 0.3) / 6.3));
  const rows = useMemo(
    () => heatRows(data, options),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [data.frame, data.version, options],
  );
  const format = rows[0]?.series.format ?? DEFAULT_FORMAT;
  const greatest = rows.map((one) => reduceSeries(data.frame.times, one.values, "max", data.window));
  const max = format.max ?? Math.max(...greatest.filter((one) => one > 0), 1e-9);
  const view: MatrixView = useMemo(
    () => ({
      step_ms: data.frame.step_ms,
      times_ms: data.frame.times,
      series: rows.map(({ key, series, values }) => ({ key, labels: series.labels, values })),
    }),
    [rows, data.frame],
  );
  const series: ChartSeries[] = useMemo(
    () =>
      rows.map((one) => ({
        key: one.key,
        name: short(one.name, letters),
        slot: { category: 0, dash: [] },
        look: { ...CELL, write: (value: number) => writeField(value, one.series.format) },
      })),
    [rows, letters],
  );
  const look = useMemo(() => marksLook(data.marks), [data.marks]);
  // a row of buckets is of many series, and of each a part
  const pointed = usePointed(
    null,
    rows.filter((one) => one.key === one.series.key),
  );
  return (
    <ChartTimeProvider value={time}>
      <div className="wtime">
        <div className="wtime__chart">
          <TimeChartView
            title={title}
            kind="heat"
            unit={format.unit}
            view={view}
            series={series}
            version={data.version}
            max={max}
            look={look}
            focus={pointed}
            stale={data.stale_ms !== null}
            loading={data.status === "loading"}
          />
        </div>
        {options.scale && height > 120 ? (
          <HeatScale view={view} series={series} unit={format.unit} max={max} window={data.window} />
        ) : null}
      </div>
    </ChartTimeProvider>
  );
}
