import type { Condition } from "../../../api/silences";
import { conditionText } from "./condition";
import "./matchers.css";

/** Conditions as a line of text that breaks between them; `none` stands where there are none. */
export function Conditions({ conditions, none }: { conditions: readonly Condition[]; none: string }) {
  if (conditions.length === 0) return <span className="muted">{none}</span>;
  return (
    <span className="matchers">
      {conditions.map((one, at) => (
        <code key={at}>{conditionText(one)}</code>
      ))}
    </span>
  );
}
