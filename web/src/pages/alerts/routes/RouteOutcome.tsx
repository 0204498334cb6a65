import type { RouteHit, RouteTest } from "../../../api/routing";
import { formatDuration } from "../../../data/duration";
import { PROJECT_PARAMETER } from "../../../data/project";
import { useProject } from "../../../queries/account";
import { Badge, Notice } from "../../../ui";
import { PageLink } from "../../bar/PageLink";
import { labelsText } from "../matchers/condition";
import { numberOf } from "./route";

/** Where an alert goes, and what keeps it from being told. */
export function RouteOutcome({ test: { hits, silenced_by, inhibited_by, problems } }: { test: RouteTest }) {
  const asked = new URLSearchParams({ [PROJECT_PARAMETER]: useProject() }).toString();
  return (
    <>
      {silenced_by.map((id) => (
        <Notice
          key={id}
          kind="warn"
          action={<PageLink to={`/alerts/silences/${encodeURIComponent(id)}?${asked}`}>Show</PageLink>}
        >
          A silence hides it.
        </Notice>
      ))}
      {inhibited_by.length === 0 ? null : (
        <Notice kind="warn">
          It is not told while {inhibited_by.length === 1 ? "another alert fires" : "others fire"}.
        </Notice>
      )}
      {problems.map((problem) => (
        <Notice key={problem} kind="crit">
          {problem}
        </Notice>
      ))}
      {hits.map((hit) => (
        <Hit key={`${hit.tree} ${hit.place}`} hit={hit} />
      ))}
    </>
  );
}

function Hit({ hit }: { hit: RouteHit }) {
  const group = labelsText(hit.group_labels);
  return (
    <article className="inset inset--tight" aria-label={`To ${hit.receiver}`}>
      <div className="flex flex-wrap items-center gap-2">
        <b>{hit.receiver}</b>
        {hit.muted_by === "" ? null : <Badge status="warn">quiet: {hit.muted_by}</Badge>}
        {hit.contact_point_exists ? null : <Badge status="crit">not there: rings the bell</Badge>}
      </div>
      <dl className="facts">
        <dt>Route</dt>
        <dd>
          {hit.place === "" ? "the root" : numberOf(hit.place)} of {hit.tree}
        </dd>
        <dt>Group</dt>
        <dd>{group === "" ? "all in one" : <code>{group}</code>}</dd>
        <dt>First told</dt>
        <dd>after {formatDuration(hit.group_wait_ms)}</dd>
        <dt>Changes</dt>
        <dd>after {formatDuration(hit.group_interval_ms)}</dd>
        <dt>Again</dt>
        <dd>after {formatDuration(hit.repeat_interval_ms)}</dd>
        {hit.escalation === "" ? null : (
          <>
            <dt>Escalation</dt>
            <dd>{hit.escalation}</dd>
          </>
        )}
      </dl>
    </article>
  );
}
