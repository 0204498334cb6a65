import { useMemo } from "react";
import type { FieldLook } from "../../../charts/look";
import { formatDuration } from "../../../data/duration";
import { format } from "../../../data/format";
import type { Labels } from "../../../data/labels";
import { mergeViews } from "../../../data/merge";
import { unitOf } from "../../../data/units";
import type { AlertRule } from "../../../api/alerts";
import { staleness } from "../../../queries/usePanelData";
import { useSession } from "../../../queries/session";
import type { Time } from "../../../queries/useTime";
import { useSources } from "../../../queries/useSources";
import { ChartPanel } from "../../../widgets/ChartPanel";
import type { PanelData } from "../../../widgets/panelData";
import { PageLink } from "../../bar/PageLink";
import { onlyAbout, watchedBy } from "./expression";
import type { Incident } from "./story";
import { bandsOf } from "./story";

interface Props {
  labels: Labels;
  rule: AlertRule;
  incidents: readonly Incident[];
  time: Time;
}

/** What the rule watches around the event: values, what they are compared with, and when it was pending and fired. */
export function EventChart({ labels, rule, incidents, time }: Props) {
  const { clock } = useSession();
  const { query } = rule;
  const added = Object.keys(rule.labels).join("\n");
  const { questions, thresholds, unit } = useMemo(() => {
    const watched = watchedBy(query);
    return {
      questions: watched.series.map((one, at) => ({
        slot: `alert ${at}`,
        promql: onlyAbout(one, labels, added.split("\n")),
      })),
      thresholds: watched.thresholds,
      unit: unitOf([watched.series[0] ?? ""]),
    };
  }, [query, added, labels]);
  const sources = useSources(questions, time, 0);
  const states = sources.map((source) => source.read());
  const look = useMemo((): FieldLook => {
    const axis = { unit, scale: "linear" as const, min: null, max: null, decimals: null };
    return {
      stack: "none",
      left: axis,
      right: axis,
      thresholds: thresholds.map(({ op, value }) => ({ value, color: "crit", label: `${op} ${format(value, unit)}` })),
      thresholdStyle: "line",
      marks: bandsOf(incidents.flatMap((one) => one.periods)),
    };
  }, [thresholds, unit, incidents]);
  const failed = states.find((one) => one.status === "error");
  const first = states.some((one) => one.status === "first");
  const last = sources[0]?.matrix.lastTime ?? null;
  const pace_ms = Math.max(time.step_ms, time.interval_ms);
  const data: PanelData = {
    status: failed === undefined ? (first ? "first" : (states[0]?.status ?? "first")) : "error",
    error: failed?.error ?? null,
    view: mergeViews(sources.map((source, at) => ({ prefix: at === 0 ? "" : "right ", view: source.matrix.view() }))),
    version: states.reduce((sum, one) => sum + one.version, 0),
    stale_ms: time.moving && !time.paused ? staleness(last, clock.now(), pace_ms) : null,
    retry: () => sources.forEach((source) => source.retry()),
  };
  const asked = new URLSearchParams([
    ...questions.map(({ promql }) => ["q", promql]),
    ["from", time.range.from],
    ["to", time.range.to],
  ]);
  return (
    <div className="alert-chart">
      <ChartPanel
        title="What the rule watches"
        meta={formatDuration(time.step_ms)}
        kind="lines"
        unit={unit}
        data={data}
        look={look}
        hint="The series may have ended, or its labels are made by the rule."
        actions={
          <PageLink to={`/explore?${asked.toString()}`} className="btn btn--sm btn--ghost">
            Explore
          </PageLink>
        }
      />
    </div>
  );
}
