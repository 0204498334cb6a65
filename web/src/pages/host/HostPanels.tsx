import { useMemo } from "react";
import type { ChartKind } from "../../charts/scene";
import type { Unit } from "../../data/format";
import { formatDuration } from "../../data/duration";
import type { SeriesView } from "../../data/matrix";
import { usePanelData } from "../../queries/usePanelData";
import type { Question } from "../../queries/useSource";
import type { Time } from "../../queries/useTime";
import { ChartPanel } from "../../widgets/ChartPanel";
import type { Naming } from "../../widgets/panelData";
import { FilesystemTable } from "./FilesystemTable";
import { CORE_NAMES, DISK_NAMES, LOAD_NAMES, MEMORY_NAMES, MODE_NAMES, networkNames } from "./naming";
import { ProcessTable } from "./ProcessTable";
import type { Questions } from "./questions";

interface Props {
  asked: Questions;
  time: Time;
  memory_bytes: number | undefined;
}

interface FeedProps {
  title: string;
  question: Question;
  time: Time;
  unit: Unit;
  word: string;
  kind: ChartKind;
  naming: Naming;
  max?: number | undefined;
  /** Series that are 0 all the time are left out. */
  quiet?: boolean;
  /** The panel goes when there is nothing of its kind on this machine. */
  optional?: boolean;
}

/** Series that were above 0 at some time. */
function busy(series: SeriesView[]): SeriesView[] {
  return series.filter((one) => one.values.some((value) => value > 0));
}

function FeedPanel({ question, time, word, optional, quiet, max, ...rest }: FeedProps) {
  const feed = usePanelData(question, time);
  if (optional === true && feed.status === "ready" && feed.view.series.length === 0) return null;
  const series = quiet === true ? busy(feed.view.series) : feed.view.series;
  const data = { ...feed, view: { ...feed.view, series } };
  const top = max === undefined ? {} : { max };
  return <ChartPanel {...rest} {...top} data={data} meta={`${word} · ${formatDuration(time.step_ms)}`} />;
}

/** Charts and tables of this machine; only of what exists. */
export function HostPanels({ asked, time, memory_bytes }: Props) {
  const memoryMax = memory_bytes !== undefined && memory_bytes > 0 ? memory_bytes : undefined;
  return (
    <div className="panels">
      <FeedPanel
        title="CPU by mode"
        question={asked.cpu}
        time={time}
        unit="percent"
        word="%"
        kind="stacked"
        naming={MODE_NAMES}
        max={100}
        quiet
      />
      <FeedPanel
        title="Cores"
        question={asked.cores}
        time={time}
        unit="percent"
        word="% busy"
        kind="heat"
        naming={CORE_NAMES}
        max={100}
      />
      <NetworkPanel asked={asked} time={time} />
      <FeedPanel
        title="Disk I/O"
        question={asked.disk}
        time={time}
        unit="bytes/s"
        word="B/s"
        kind="area"
        naming={DISK_NAMES}
        optional
      />
      <FeedPanel
        title="Load"
        question={asked.load}
        time={time}
        unit="load"
        word="running or waiting"
        kind="lines"
        naming={LOAD_NAMES}
        optional
      />
      <FeedPanel
        title="Memory"
        question={asked.memory}
        time={time}
        unit="bytes"
        word="bytes"
        kind="stacked"
        naming={MEMORY_NAMES}
        max={memoryMax}
      />
      <FilesystemTable question={asked.filesystems} time={time} />
      <ProcessTable asked={asked} time={time} />
    </div>
  );
}

function NetworkPanel({ asked, time }: { asked: Questions; time: Time }) {
  const { view } = usePanelData(asked.network, time);
  const devices = [...new Set(busy(view.series).map((one) => one.labels["device"] ?? ""))];
  const naming = useMemo(() => networkNames(devices.length), [devices.length]);
  const title = devices.length === 1 ? `Network ${devices[0] ?? ""}` : "Network";
  return (
    <FeedPanel
      title={title}
      question={asked.network}
      time={time}
      unit="bytes/s"
      word="B/s"
      kind="area"
      naming={naming}
      optional
      quiet
    />
  );
}
