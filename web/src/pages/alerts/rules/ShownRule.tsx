import { Copy } from "lucide-react";
import type { Rule } from "../../../api/rules";
import type { Labels } from "../../../data/labels";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Badge, Button, Notice, Section } from "../../../ui";
import { PreviewPanel } from "./preview/PreviewPanel";
import { LIST } from "./list";
import { cleaned, nameOf } from "./rule";
import { WayHere } from "./WayHere";
import "./rules.css";

interface Props {
  rule: Rule;
  labels: Labels;
  groupName: string;
  /** Where it comes from, in words. */
  from: string;
  interval_ms: number;
}

const WORDS: Readonly<Record<string, string>> = {
  expr: "Expression",
  condition: "Condition",
  for: "For",
  keep_firing_for: "Keep firing",
  keep_firing_while: "Keep firing while",
  cooldown: "Cool-down",
  severity: "Severity",
  labels: "Labels",
  annotations: "Annotations",
  owner: "Owner",
  runbook: "Runbook",
  tags: "Tags",
  enabled: "Evaluated",
};

const CODE = ["expr", "keep_firing_while", "condition"];

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.join(", ");
  return JSON.stringify(value, null, 2);
}

function Value({ name, value }: { name: string; value: unknown }) {
  if (name === "labels" || name === "annotations") {
    return (
      <ul className="rule-pairs">
        {Object.entries(value as Labels).map(([key, one]) => (
          <li key={key}>
            <code>{key}</code> {one}
          </li>
        ))}
      </ul>
    );
  }
  return CODE.includes(name) ? <pre className="code rule-code">{text(value)}</pre> : <>{text(value)}</>;
}

/** A rule that cannot be changed here, with what it would have done and how to have one like it. */
export function ShownRule({ rule, labels, groupName, from, interval_ms }: Props) {
  const { location } = useSession();
  const may = useMay();
  const said = Object.entries(cleaned(rule) as Record<string, unknown>).filter(([name]) => name in WORDS);
  const copy = (): void => location.open(`${LIST}/new${location.search}`);
  return (
    <div className="rule-editor">
      <header className="rule-head">
        <WayHere group={groupName} />
        <h2>{nameOf(rule)}</h2>
        <Badge>Read only</Badge>
        <span className="spacer" />
        {may("documents:write") ? (
          <Button variant="primary" icon={Copy} onClick={copy}>
            Make a copy
          </Button>
        ) : null}
      </header>
      <div className="rule-columns">
        <div className="rule-form">
          <Section title="What it says">
            <Notice kind="info">It comes from {from}. A copy in a group of this project can be changed.</Notice>
            <dl className="rule-said">
              {said.map(([name, value]) => (
                <div key={name}>
                  <dt>{WORDS[name]}</dt>
                  <dd>
                    <Value name={name} value={value} />
                  </dd>
                </div>
              ))}
            </dl>
          </Section>
        </div>
        <div className="rule-preview">
          <PreviewPanel rule={rule} saved={rule} labels={labels} interval_ms={interval_ms} />
        </div>
      </div>
    </div>
  );
}
