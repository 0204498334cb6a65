/** A privacy rule as it is edited. */

import type { PrivacyAction, PrivacyRule } from "../../../api/access";

export const ACTIONS: readonly { value: PrivacyAction; label: string; help: string }[] = [
  { value: "mask", label: "Mask", help: "What was found becomes a mark such as [email]." },
  { value: "hash", label: "Hash", help: "Equal things stay equal, and nobody can tell what they were." },
  {
    value: "drop_field",
    label: "Drop label",
    help: "The label is left out; series that differ in it alone become one.",
  },
  {
    value: "drop_record",
    label: "Refuse series",
    help: "Nothing of the series is stored; its samples are counted as dropped.",
  },
];

export const actionLabel = (action: PrivacyAction): string =>
  ACTIONS.find((one) => one.value === action)?.label ?? action;

/** What a rule says, without where it is kept. */
export type RuleBody = Omit<PrivacyRule, "id" | "version" | "is_built_in">;

export const NEW_RULE: RuleBody = { name: "", detector: "", pattern: "", fields: [], action: "mask", enabled: true };

export function bodyOf({ name, detector, pattern, fields, action, enabled }: RuleBody): RuleBody {
  return { name, detector, pattern, fields, action, enabled };
}

/** Label names as people type them: apart by commas, spaces or lines. */
export const fieldsOf = (text: string): string[] => text.split(/[\s,]+/).filter((one) => one !== "");

/** The rules as they would be with one of them changed, or added. */
export function withRule(rules: readonly PrivacyRule[], id: string | null, body: RuleBody): RuleBody[] {
  return id === null ? [...rules.map(bodyOf), body] : rules.map((rule) => (rule.id === id ? body : bodyOf(rule)));
}
