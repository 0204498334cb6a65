import { useMemo, useState } from "react";
import { alertAddress } from "../../../data/alertAddress";
import { formatDuration } from "../../../data/duration";
import type { Labels } from "../../../data/labels";
import { metricsOf } from "../../../data/metricsOf";
import type { TimeRange } from "../../../data/timeRange";
import { absolute, formatMoment } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { useTime } from "../../../queries/useTime";
import { Section } from "../../../ui";
import { ChartTimeProvider } from "../../../widgets/chartContext";
import { TimePicker } from "../../bar/TimePicker";
import { useTimeCommands } from "../../bar/useTimeCommands";
import { PageLink } from "../../bar/PageLink";
import { AboutAlert } from "./AboutAlert";
import { EventChart } from "./EventChart";
import { MovedPanel } from "./MovedPanel";
import { StoryList } from "./StoryList";
import type { Incident } from "./story";
import { storyOf } from "./story";
import type { AlertRecord } from "./useAlert";

const MINUTE_MS = 60_000;
const LEAST_MS = 15 * MINUTE_MS;
const EARLIER = 10;

/** The event with as much before it; one that goes on ends at now. */
function rangeAround({ start_ms, end_ms }: Incident, now_ms: number): TimeRange {
  const length_ms = (end_ms ?? now_ms) - start_ms;
  const beside_ms = Math.max(LEAST_MS, length_ms / 2);
  if (end_ms !== null) return absolute(start_ms - beside_ms, Math.min(now_ms, end_ms + beside_ms));
  return { from: `now-${Math.ceil((length_ms + beside_ms) / 1000)}s`, to: "now" };
}

interface Props {
  labels: Labels;
  record: AlertRecord;
  incident: Incident;
}

/** One event of an alert: the chart around it, what moved with it, its story, and what the rule says. */
export function AlertEvent({ labels, record, incident }: Props) {
  const { clock } = useSession();
  const { alert, rule, incidents, log, taken, annotations } = record;
  const [around] = useState(() => rangeAround(incident, clock.now()));
  const time = useTime(around);
  useTimeCommands(time);
  const query = rule?.query ?? "";
  const without = useMemo(() => metricsOf(query), [query]);
  const moments = storyOf(incident, taken, log);
  const others = incidents.filter((one) => one !== incident);
  const earlier = others.slice(0, EARLIER);
  return (
    <ChartTimeProvider value={time}>
      <div className="alert-detail">
        <div className="alert-detail__main">
          {rule === null ? null : (
            <>
              <div className="alert-time">
                <TimePicker time={time} />
              </div>
              <EventChart labels={labels} rule={rule} incidents={incidents} time={time} />
            </>
          )}
          <Section title="What happened">
            <StoryList moments={moments} zone={time.zone} />
          </Section>
          <MovedPanel labels={labels} incident={incident} others={others} without={without} />
        </div>
        <div className="alert-detail__side">
          <AboutAlert
            labels={labels}
            annotations={annotations}
            alert={incident.end_ms === null ? alert : null}
            rule={rule}
          />
          {earlier.length === 0 ? null : (
            <Section title="Other times">
              <ul className="alert-times">
                {earlier.map(({ start_ms, end_ms, fired_ms }) => (
                  <li key={start_ms}>
                    <PageLink to={alertAddress(labels, start_ms)} className="num">
                      {formatMoment(start_ms, time.zone, true, true)}
                    </PageLink>
                    <span className="muted num">
                      {fired_ms === null ? "pending, " : ""}
                      {end_ms === null ? "goes on" : formatDuration(end_ms - start_ms)}
                    </span>
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
      </div>
    </ChartTimeProvider>
  );
}
