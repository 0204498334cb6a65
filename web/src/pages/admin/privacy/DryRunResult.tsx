import { formatCount } from "../../../data/format";
import { Notice } from "../../../ui";
import type { Trial } from "./useDryRun";

/** Counts, and samples in the masked form alone: what was found is never shown. */
export function DryRunResult({ trial: { result, error } }: { trial: Pick<Trial, "result" | "error"> }) {
  if (error !== null) return <Notice kind="crit">{error.message}</Notice>;
  if (result === null) return null;
  const found = result.rules.filter((rule) => rule.series > 0);
  return (
    <section className="grid gap-2" aria-label="What would be found" role="status">
      <p className="num">
        Of {formatCount(result.series)}
        {result.truncated ? " and more" : ""} series of the last day, <b>{formatCount(result.changed)}</b> would be
        changed and <b>{formatCount(result.refused)}</b> refused.
      </p>
      {found.map((rule) => (
        <div key={rule.name} className="grid gap-1">
          <b>
            {rule.name}{" "}
            <span className="muted font-normal">
              {formatCount(rule.values)} values in {formatCount(rule.series)} series, in{" "}
              {Object.keys(rule.by_label).join(", ")}
            </span>
          </b>
          <ul className="grid gap-0.5">
            {rule.samples.map(({ label, masked }, at) => (
              <li key={at} className="[overflow-wrap:anywhere]">
                <code>
                  {label}=&quot;{masked}&quot;
                </code>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
