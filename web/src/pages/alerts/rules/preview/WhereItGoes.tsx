import { useQuery } from "@tanstack/react-query";
import { testRoute } from "../../../../api/routing";
import type { Rule } from "../../../../api/rules";
import type { Labels } from "../../../../data/labels";
import { useMay } from "../../../../queries/account";
import { Notice, Section } from "../../../../ui";
import { PageLink } from "../../../bar/PageLink";
import { RouteOutcome } from "../../routes/RouteOutcome";
import "../../routes/routes.css";
import { nameOf } from "../rule";
import { useSettled } from "./useSettled";

interface Props {
  rule: Rule;
  /** Of the group. */
  labels: Labels;
  /** Those of an alert that it would have made; null: what is written has to do. */
  seen: Labels | null;
}

const IDLE_MS = 800;
const WRITTEN = /\{\{/;

/** The labels of an alert, as far as they are known before there is one. */
export function labelsOf(rule: Rule, labels: Labels, seen: Labels | null): Labels {
  const written = { ...labels, ...rule.labels };
  const fixed = Object.fromEntries(Object.entries(written).filter(([, value]) => !WRITTEN.test(value)));
  return {
    ...(rule.severity ? { severity: rule.severity } : {}),
    ...(rule.owner ? { owner: rule.owner } : {}),
    ...fixed,
    ...seen,
    alertname: nameOf(rule).trim() || "Draft",
  };
}

/** Whom an alert of this rule would be told to now. */
export function WhereItGoes({ rule, labels, seen }: Props) {
  const may = useMay();
  const asked = useSettled(JSON.stringify(labelsOf(rule, labels, seen)), IDLE_MS);
  const { data, error } = useQuery({
    queryKey: ["where a rule goes", asked],
    queryFn: () => testRoute(JSON.parse(asked) as Record<string, string>, 0, null),
    enabled: may("status:read"),
    placeholderData: (before) => before,
  });
  if (!may("status:read")) return null;
  return (
    <Section
      title="Where it goes"
      note={seen === null ? "by the labels that are written" : "by the labels of its last alert"}
      actions={
        <PageLink to="/alerts/routes" className="btn btn--sm">
          Routes
        </PageLink>
      }
    >
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      {data === undefined ? null : <RouteOutcome test={data} />}
      {data?.hits.length === 0 ? <p className="muted">Nobody is told: there is no route for it.</p> : null}
    </Section>
  );
}
