import type { ImportReport } from "../../../api/dashboards";
import { Badge } from "../../../ui";

const RESULTS = { changed: "warn", left: "crit", taken: "ok" } as const;
const WORDS = { changed: "changed", left: "left out", taken: "taken" };

/** What became of a dashboard of Grafana: what was taken as it is, what works in another way, what is left out. */
export function ReportView({ report }: { report: ImportReport }) {
  const { panels, queries, notes } = report;
  return (
    <section aria-label="What became of it" className="import-report">
      <p className="num">
        Panels: {panels.taken} taken, {panels.changed} changed, {panels.left} left out. Queries: {queries.taken} taken,{" "}
        {queries.changed} changed, {queries.left} left out.
      </p>
      {notes.length === 0 ? (
        <p className="muted">Everything is as it was.</p>
      ) : (
        <ul>
          {notes.map((note, at) => (
            // notes are in their order and never change
            <li key={at}>
              <Badge status={RESULTS[note.result]}>{WORDS[note.result]}</Badge>
              <span>
                <b>{note.panel === "" ? "Dashboard" : note.panel}</b>: {note.what}
                <span className="muted"> - {note.why}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
