import { useMemo } from "react";
import { formatCount, scale } from "../../data/format";
import { usePanelData } from "../../queries/usePanelData";
import type { Time } from "../../queries/useTime";
import { latest, pick, total } from "./latest";

const RATE = { slot: "arriving rate", promql: "sum by (protocol) (rate(vedette_ingest_samples_total[5s]))" };
const DROPPED = {
  slot: "arriving dropped",
  promql: "sum by (protocol) (increase(vedette_ingest_dropped_samples_total[5m]))",
};
const SERIES = { slot: "arriving series", promql: "sum(vedette_ingest_active_series)" };

const NAMES: Readonly<Record<string, string>> = {
  host: "This host",
  self: "Vedette itself",
  scrape: "Scraped targets",
  remote_write: "Prometheus remote write",
  influx: "Influx line protocol",
  exposition: "Text exposition",
  json: "JSON samples",
  sample_data: "Sample data",
};

/** What comes in by which way, so that somebody who has just sent something sees it arrive. */
export function Arriving({ time }: { time: Time }) {
  const feed = usePanelData(RATE, time);
  const dropped = latest(usePanelData(DROPPED, time).view);
  const series = latest(usePanelData(SERIES, time).view)[0]?.value;
  const rows = useMemo(
    () => latest(feed.view).sort((a, b) => b.value - a.value),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the view is written in place, its version tells of it
    [feed.view, feed.version],
  );
  if (rows.length === 0) return null;
  const rate = scale(total(rows), "/s");
  return (
    <section className="card" aria-label="Arriving">
      <h2>Arriving</h2>
      <p className="lead num">
        {rate.text}&#8201;{rate.unit.replace("/s", " samples/s").trim()}
        {series === undefined ? "" : `, ${formatCount(series)} series`}
      </p>
      <table className="table mt-1">
        <thead>
          <tr>
            <th>By</th>
            <th className="num">Samples/s</th>
            <th className="num">Dropped, 5 min</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ labels, value }) => {
            const protocol = labels["protocol"] ?? "";
            const lost = pick(dropped, "protocol", protocol);
            return (
              <tr key={protocol}>
                <td className="grow">{NAMES[protocol] ?? protocol}</td>
                <td className="num">{formatCount(value)}</td>
                <td className="num">
                  {lost >= 0.5 ? <i className="st st--warn mr-1.5" role="img" aria-label="warning" /> : null}
                  {Number.isNaN(lost) ? "-" : formatCount(lost)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
