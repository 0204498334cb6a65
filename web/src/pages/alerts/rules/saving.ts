/** Changes of groups that are kept when somebody else changes something else of the same group. */

import type { Document } from "../../../api/documents";
import { getDocument, updateDocument } from "../../../api/documents";
import { Changed } from "../../../api/errors";
import type { Rule, RuleGroup } from "../../../api/rules";
import { cleaned, idOf, isSame, placeOf, putRule, readGroup, withoutRule } from "./rule";

const TRIES = 4;

/** What a group becomes; null: the change makes no sense any more. */
export type Change = (group: RuleGroup) => RuleGroup | null;

/** Somebody else changed the very rule: both versions of it. */
export class RuleClash extends Error {
  constructor(readonly current: Rule | null) {
    super("Somebody else changed this rule meanwhile.");
  }
}

/** Makes a change of what is there now, again when somebody else was quicker. */
export async function changeGroup(id: string, change: Change): Promise<Document> {
  for (let tried = 1; ; tried += 1) {
    const { name, version, spec } = await getDocument("rule_group", id);
    const next = change(readGroup(spec));
    if (next === null) throw new RuleClash(null);
    try {
      return await updateDocument("rule_group", id, version, { name, spec: next });
    } catch (error) {
      if (!(error instanceof Changed) || tried >= TRIES) throw error;
    }
  }
}

/** Where a rule stood when it was opened, and what it said. */
export interface Base {
  rule: Rule;
  at: number;
}

export interface Written {
  rule: Rule;
  /** How often the group is evaluated from now on; null: as it is. */
  interval: string | null;
  /** null: the rule is new. */
  base: Base | null;
  /** Whatever is there now. */
  over: boolean;
}

/** The group with the rule as it was written. Throws RuleClash when the rule is not what it was. */
export function writtenInto(group: RuleGroup, { rule, interval, base, over }: Written): RuleGroup {
  const timed: RuleGroup = interval === null ? group : { ...group, interval };
  const clean = cleaned(rule);
  if (base === null) return putRule(timed, clean, null);
  const at = placeOf(group, idOf(base.rule), base.at);
  const current = group.rules?.[at];
  if (current === undefined) {
    if (!over) throw new RuleClash(null);
    return putRule(timed, clean, null);
  }
  if (!over && !isSame(current, base.rule)) throw new RuleClash(current);
  return putRule(timed, clean, at);
}

/** The group without a rule; null: it is not there any more. */
export function without(id: string, at: number): Change {
  return (group) => {
    const place = placeOf(group, id, at);
    return place === -1 ? null : withoutRule(group, place);
  };
}

/** The group with some rules switched on or off. */
export function switched(rules: readonly { id: string; at: number }[], on: boolean): Change {
  return (group) =>
    rules.reduce((next, { id, at }) => {
      const place = placeOf(next, id, at);
      const rule = next.rules?.[place];
      return rule === undefined ? next : putRule(next, cleaned({ ...rule, enabled: on }), place);
    }, group);
}

/** The group without some rules, the last ones first so that places stay what they are. */
export function withoutAll(rules: readonly { id: string; at: number }[]): Change {
  return (group) =>
    [...rules]
      .sort((a, b) => b.at - a.at)
      .reduce<RuleGroup>((next, { id, at }) => without(id, at)(next) ?? next, group);
}
