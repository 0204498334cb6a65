import { LineChart, RotateCw } from "lucide-react";
import type { Rule } from "../../../../api/rules";
import { formatDuration } from "../../../../data/duration";
import { formatCount } from "../../../../data/format";
import type { Labels } from "../../../../data/labels";
import { plainMessage } from "../../../../data/message";
import { unitOf } from "../../../../data/units";
import { useTime } from "../../../../queries/useTime";
import { Button, EmptyState, Notice, Section } from "../../../../ui";
import { TimePicker } from "../../../bar/TimePicker";
import { conditionOf, drawnOfRule, fieldOf, isAlert, isAskable, isSame } from "../rule";
import { PreviewChart } from "./PreviewChart";
import { verdictOf } from "./replay";
import { StripView } from "./StripView";
import { ToldView } from "./Told";
import { usePast, usePreview } from "./usePreview";
import { Verdicts } from "./Verdicts";
import { WhereItGoes } from "./WhereItGoes";

interface Props {
  rule: Rule;
  /** As it is saved; null: it is new. */
  saved: Rule | null;
  labels: Labels;
  interval_ms: number;
}

const RANGE = { from: "now-24h", to: "now" };

/** What the rule would have done in a past that can be chosen, as it is typed. */
export function PreviewPanel({ rule, saved, labels, interval_ms }: Props) {
  const time = useTime(RANGE);
  const draft = usePreview(rule, labels, interval_ms, time);
  const differs = saved !== null && isAlert(saved) && !isSame(saved, rule);
  const former = usePreview(differs ? saved : {}, labels, interval_ms, time);
  const { replay, view, interval, error, busy } = draft;
  const before = differs ? former.replay : undefined;
  const past = usePast(saved === null ? null : (saved.alert ?? null), interval);
  const drawn = drawnOfRule(rule);
  const unit = unitOf(drawn.queries);
  const alerts = isAlert(rule);
  // the value of an alert about a change or an anomaly is none of the query's
  const ofQuery = ["threshold", "compare", "promql"].includes(conditionOf(rule).kind);
  const seen = replay?.bands.findLast((one) => one.state === "firing")?.labels ?? null;
  return (
    <>
      <Section
        title={alerts ? "What would have happened" : "What it yields"}
        note={
          replay === undefined
            ? undefined
            : `${formatCount(replay.evaluations)} evaluations, ${formatDuration(draft.step_ms)} apart`
        }
        actions={
          <>
            <TimePicker time={time} />
            <Button small icon={RotateCw} busy={busy} onClick={draft.again}>
              Run again
            </Button>
          </>
        }
        flush
      >
        {!isAskable(rule) ? (
          <EmptyState icon={LineChart} title="Nothing to try yet">
            Say what has to hold; the past is tried as you type.
          </EmptyState>
        ) : error !== null ? (
          <div className="px-4 pb-4">
            <Notice kind="crit">{plainMessage(fieldOf(error.message)?.text ?? error.message)}</Notice>
          </div>
        ) : (
          <>
            <div role="status" aria-live="polite">
              {replay === undefined || !alerts ? null : (
                <Verdicts
                  now={verdictOf(replay, interval)}
                  before={before === undefined ? null : verdictOf(before, interval)}
                />
              )}
            </div>
            {view === undefined ? null : (
              <div className="rule-picture">
                <PreviewChart
                  title={alerts ? "Values and when it would have fired" : "Values"}
                  view={view}
                  bands={(alerts ? replay?.bands : undefined) ?? []}
                  drawn={drawn}
                  interval={interval}
                  time={time}
                  loading={busy}
                />
                {replay === undefined || !alerts || saved === null ? null : (
                  <>
                    <StripView
                      word={before === undefined ? "Rule" : "Draft"}
                      bands={replay.bands}
                      interval={interval}
                    />
                    {before === undefined ? null : (
                      <StripView word="Saved" bands={before.bands} interval={interval} past />
                    )}
                    {past === undefined ? null : <StripView word="In fact" bands={past} interval={interval} past />}
                  </>
                )}
              </div>
            )}
            {replay?.truncated === true ? (
              <div className="px-4 pb-3">
                <Notice kind="warn">There would be more; this is the beginning.</Notice>
              </div>
            ) : null}
            {replay === undefined || !alerts ? null : (
              <ToldView
                replay={replay}
                interval={interval}
                zone={time.zone}
                unit={ofQuery ? unit : "number"}
                zoomTo={time.zoomTo}
              />
            )}
          </>
        )}
      </Section>
      {alerts ? <WhereItGoes rule={rule} labels={labels} seen={seen} /> : null}
    </>
  );
}
