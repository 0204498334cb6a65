import { useEffect, useRef, useState } from "react";
import type { FieldLook } from "../charts/look";
import type { ChartKind, ChartSeries } from "../charts/scene";
import type { Readout } from "../charts/timeChart";
import { TimeChart } from "../charts/timeChart";
import type { TooltipLink } from "../charts/tooltip";
import type { Unit } from "../data/format";
import type { MatrixView } from "../data/matrix";
import { useChartShare, useChartTime } from "./chartContext";

interface Props {
  title: string;
  kind: ChartKind;
  unit: Unit;
  view: MatrixView;
  series: readonly ChartSeries[];
  /** Rises with each write into the view's matrix. */
  version: number;
  max?: number | undefined;
  /** Stacks, axes, thresholds and marks. */
  look?: FieldLook | undefined;
  /** Series that stand out; null: all alike. */
  focus?: string | ReadonlySet<string> | null;
  stale?: boolean;
  loading?: boolean;
  /** Values that are read with a finger, to be shown below the chart. */
  onReadout?: (readout: Readout | null) => void;
  /** Where the value of a series leads, for a tooltip that stays. */
  linksAt?: (key: string, time_ms: number) => readonly TooltipLink[];
}

/** The one place where React and the canvas meet. */
export function TimeChartView(props: Props) {
  const {
    title,
    kind,
    unit,
    view,
    series,
    version,
    max,
    look,
    focus = null,
    stale = false,
    loading = false,
    onReadout,
    linksAt,
  } = props;
  const share = useChartShare();
  const { window, zone, moving, zoomTo, zoomOut, annotate } = useChartTime();
  const root = useRef<HTMLDivElement>(null);
  const chart = useRef<TimeChart | null>(null);
  const doors = useRef({ window, zoomTo, zoomOut, annotate, onReadout, linksAt });
  const [spoken, setSpoken] = useState("");

  useEffect(() => {
    doors.current = { ...doors.current, window, zoomTo, zoomOut, annotate, onReadout };
    chart.current?.repaint();
  }, [window, zoomTo, zoomOut, annotate, onReadout]);

  useEffect(() => {
    // asked when a tooltip is pinned; nothing is painted anew for it
    doors.current.linksAt = linksAt;
  }, [linksAt]);

  useEffect(() => {
    if (root.current === null) return;
    const made = new TimeChart(
      root.current,
      { kind: "lines", unit: "number", zone: "browser", live: false, stale: false },
      {
        zoom: (start_ms, end_ms) => doors.current.zoomTo(start_ms, end_ms),
        zoomOut: () => doors.current.zoomOut(),
        annotate: (start_ms, end_ms) => doors.current.annotate?.(start_ms, end_ms),
        spoken: setSpoken,
        readout: (readout) => doors.current.onReadout?.(readout),
        links: (key, time_ms) => doors.current.linksAt?.(key, time_ms) ?? [],
      },
      {
        loop: share.loop,
        crosshair: share.crosshair,
        window: () => doors.current.window(),
        theme: share.theme,
        still: share.still,
        touch: share.touch,
      },
    );
    chart.current = made;
    return () => {
      chart.current = null;
      made.destroy();
    };
  }, [share.loop, share.crosshair, share.theme, share.still, share.touch]);

  useEffect(() => {
    const range = { ...(max === undefined ? {} : { max }), ...(look === undefined ? {} : { look }) };
    chart.current?.setOptions({ kind, unit, zone, live: moving, stale, ...range });
    chart.current?.repaint();
  }, [kind, unit, zone, moving, stale, max, look, share.themeVersion]);

  useEffect(() => {
    chart.current?.setData(view, [...series]);
  }, [view, series, version, kind, look]);

  useEffect(() => chart.current?.setFocus(typeof focus === "string" ? new Set([focus]) : focus), [focus]);

  return (
    <>
      <div
        ref={root}
        className={`chart${loading ? " is-loading" : ""}${stale ? " is-stale" : ""}`}
        role="application"
        aria-roledescription="chart"
        aria-label={`${[title, ...(look?.limits ?? []).map((one) => one.label)].join(". ")}. Left and right arrows read values, enter pins${annotate === undefined ? "" : ", m annotates"}.`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys read the chart's values
        tabIndex={0}
      />
      <span className="sr-only" role="status">
        {spoken}
      </span>
    </>
  );
}
