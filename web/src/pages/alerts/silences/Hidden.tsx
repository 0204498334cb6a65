import type { SilencePreview } from "../../../api/silences";
import { formatCount } from "../../../data/format";
import { Notice } from "../../../ui";
import { Moment } from "../../access/Moment";
import { labelsText } from "../matchers/condition";
import type { Preview } from "./usePreview";

const SHOWN = 20;

/** What a silence would hide of what fires now. */
export function Hidden({ preview }: { preview: Preview }) {
  const { found, error } = preview;
  if (error !== null) return <Notice kind="warn">{error.message}</Notice>;
  return (
    <section className="hidden-alerts" aria-label="What it hides">
      <p role="status">
        {found === undefined ? "What it hides is shown once the conditions are whole." : words(found)}
      </p>
      {found === undefined || found.count === 0 ? null : (
        <ul>
          {found.alerts.slice(0, SHOWN).map((alert) => (
            <li key={alert.fingerprint}>
              <code>{labelsText(alert.labels)}</code>{" "}
              <span className="muted">
                <Moment at_ms={alert.starts_ms} />
              </span>
            </li>
          ))}
          {found.count > SHOWN ? <li className="muted">and {formatCount(found.count - SHOWN)} more</li> : null}
        </ul>
      )}
    </section>
  );
}

function words({ count, of }: SilencePreview): string {
  if (of === 0) return "Nothing fires now. It will hide what fires later.";
  if (count === 0) return `Hides none of the ${formatCount(of)} alerts that fire now.`;
  return count === of
    ? `Hides all ${formatCount(of)} alerts that fire now.`
    : `Hides ${formatCount(count)} of ${formatCount(of)} alerts that fire now.`;
}
