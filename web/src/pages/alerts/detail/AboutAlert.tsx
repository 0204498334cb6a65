import type { ReactNode } from "react";
import type { AlertRule } from "../../../api/alerts";
import { formatDuration } from "../../../data/duration";
import type { Labels } from "../../../data/labels";
import { CopyButton, Section } from "../../../ui";
import { Moment } from "../../access/Moment";
import type { Alert } from "../open/alerts";
import { safeAddress } from "../open/words";

const RUNBOOK = "runbook_url";

interface Props {
  labels: Labels;
  annotations: Labels;
  /** null: it is over. */
  alert: Alert | null;
  rule: AlertRule | null;
}

/** What the rule says about it: texts, links, labels, and the condition. */
export function AboutAlert({ labels, annotations, alert, rule }: Props) {
  const texts = Object.entries(annotations).filter(([name]) => name !== RUNBOOK);
  const runbook = safeAddress(annotations[RUNBOOK] ?? "");
  const sender = safeAddress(alert?.told?.generator_url ?? "");
  const { told = null } = alert ?? {};
  const isSaid = texts.length > 0 || runbook !== null || told !== null || (alert?.value ?? null) !== null;
  return (
    <>
      {isSaid ? (
        <Section title="About it">
          {runbook === null ? null : (
            <a className="btn justify-self-start" href={runbook} target="_blank" rel="noreferrer noopener">
              Open the runbook
            </a>
          )}
          <dl className="facts">
            {texts.map(([name, text]) => (
              <Fact key={name} name={name}>
                <Text text={text} />
              </Fact>
            ))}
            {alert?.value === null || alert === null ? null : <Fact name="value">{alert.value}</Fact>}
            {told === null || told.receivers.length === 0 ? null : (
              <Fact name="goes to">{told.receivers.join(", ")}</Fact>
            )}
            {told === null || told.acked_by === "" ? null : (
              <Fact name="taken care of by">
                {told.acked_by}
                {told.ack_until_ms === 0 ? (
                  ", until it is over"
                ) : (
                  <>
                    , ends <Moment at_ms={told.ack_until_ms} />
                  </>
                )}
              </Fact>
            )}
            {sender === null ? null : (
              <Fact name="sent by">
                <Text text={sender} />
              </Fact>
            )}
          </dl>
        </Section>
      ) : null}
      <Section title="Labels">
        <dl className="facts">
          {Object.entries(labels).map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </Section>
      {rule === null ? null : (
        <Section title="Rule" actions={<CopyButton label="Copy the expression" text={rule.query} />}>
          {/* long lines scroll, by keys too */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="code" tabIndex={0} role="group" aria-label="Expression of the rule">
            {rule.query}
          </pre>
          <dl className="facts">
            <Fact name="for">{rule.duration === 0 ? "at once" : formatDuration(rule.duration * 1000)}</Fact>
            <Fact name="health">{rule.lastError ?? rule.health}</Fact>
          </dl>
        </Section>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Text as it is; an address becomes a link, nothing else does. */
function Text({ text }: { text: string }) {
  const address = safeAddress(text);
  if (address === null) return <>{text}</>;
  return (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {text}
    </a>
  );
}
