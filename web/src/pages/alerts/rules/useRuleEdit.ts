/** The rule that is being written: what is typed, and how it is kept. */

import { useCallback, useMemo, useState } from "react";
import type { Document } from "../../../api/documents";
import { createNumbered } from "../../../api/documents";
import type { Rule, RuleGroup } from "../../../api/rules";
import type { Clash } from "../../access/useChange";
import { useAction } from "../../../ui";
import type { GroupChoice } from "./GroupField";
import { useRefreshRules } from "./keys";
import { cleaned, fieldOf, idOf, isSame, isSavable, renamed } from "./rule";
import type { Base } from "./saving";
import { RuleClash, changeGroup, without, writtenInto } from "./saving";

export interface Start {
  rule: Rule;
  /** null: it is new. */
  base: Base | null;
  group: GroupChoice;
  interval: string;
}

export interface RuleEdit {
  rule: Rule;
  setRule: (rule: Rule) => void;
  group: GroupChoice;
  setGroup: (group: GroupChoice) => void;
  interval: string;
  setInterval: (interval: string) => void;
  /** What is typed is no rule yet: it is neither shown elsewhere nor saved. */
  held: boolean;
  setHeld: (held: boolean) => void;
  changed: boolean;
  ready: boolean;
  /** Answers whether it is kept; `over`: whatever is there now. */
  save: (over?: boolean) => Promise<boolean>;
  remove: () => Promise<void>;
  busy: boolean;
  /** What the server says, by field; "" is about nothing in particular. */
  problems: Readonly<Record<string, string>>;
  clash: Clash | null;
  /** Forgets what is typed. */
  reset: () => void;
  /** Rises with each reset: fields that keep what is typed begin anew. */
  round: number;
}

interface Typed {
  rule: Rule;
  group: GroupChoice;
  interval: string;
}

/** The document that a rule is kept in, made if need be. */
async function keep({ base, interval: before }: Start, typed: Typed, over: boolean): Promise<Document> {
  const { rule, group } = typed;
  const interval = typed.interval.trim();
  if ("id" in group) {
    const written = { rule, interval: interval === before ? null : interval, base, over };
    return changeGroup(group.id, (now) => writtenInto(now, written));
  }
  const made: RuleGroup = { rules: [cleaned(rule)], ...(interval === "" ? {} : { interval }) };
  return createNumbered("rule_group", { name: group.name.trim(), spec: made });
}

/** `onKept` gets the document and the rule's name in it. */
export function useRuleEdit(start: Start, onKept: (document: Document, id: string) => void): RuleEdit {
  const refresh = useRefreshRules();
  const [rule, setRule] = useState(start.rule);
  const [group, setGroup] = useState(start.group);
  const [interval, setInterval] = useState(start.interval);
  const [held, setHeld] = useState(false);
  const [round, setRound] = useState(0);
  const [clash, setClash] = useState<Clash | null>(null);
  const send = useCallback(
    async (over: boolean) => {
      const written = start.base === null ? rule : renamed(start.base.rule, rule);
      try {
        const document = await keep(start, { rule: written, group, interval }, over);
        setClash(null);
        // what was typed meanwhile is not saved yet, and stays
        setRule((now) => (written.id === undefined ? now : { ...now, id: written.id }));
        await refresh();
        onKept(document, idOf(written).trim());
      } catch (error) {
        if (!(error instanceof RuleClash)) throw error;
        setClash({ current: error.current ?? { alert: "deleted" }, yours: cleaned(rule) });
      }
    },
    [start, rule, group, interval, refresh, onKept],
  );
  const { run, busy, error, clear } = useAction(send);
  const problems = useMemo((): Readonly<Record<string, string>> => {
    if (error === null) return {};
    const about = fieldOf(error.message);
    return about === null ? { "": error.message } : { [about.field]: about.text };
  }, [error]);
  const named = "id" in group || group.name.trim() !== "";
  const changed = held || !isSame(start.rule, rule) || interval.trim() !== start.interval;
  return {
    rule,
    setRule,
    group,
    setGroup,
    interval,
    setInterval,
    held,
    setHeld,
    changed,
    ready: named && !held && isSavable(rule),
    save: useCallback((over = false) => run(over), [run]),
    remove: useCallback(async () => {
      if (start.base === null || !("id" in start.group)) return;
      await changeGroup(start.group.id, without(idOf(start.base.rule), start.base.at));
      await refresh();
    }, [start, refresh]),
    busy,
    problems,
    clash,
    reset: useCallback(() => {
      setRule(start.rule);
      setGroup(start.group);
      setInterval(start.interval);
      setHeld(false);
      setClash(null);
      setRound((count) => count + 1);
      clear();
    }, [start, clear]),
    round,
  };
}
