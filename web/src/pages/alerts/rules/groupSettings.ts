/** What holds for all rules of a group, kept beside whatever rules it has. */

import type { Document } from "../../../api/documents";
import { getDocument, updateDocument } from "../../../api/documents";
import { Changed } from "../../../api/errors";
import type { RuleGroup } from "../../../api/rules";
import { readGroup } from "./rule";

export type Settings = Omit<RuleGroup, "rules">;

export const settingsOf = (group: RuleGroup): Settings =>
  Object.fromEntries(Object.entries(group).filter(([name]) => name !== "rules"));

/** Keeps the settings beside whatever rules the group has now. Answers false when somebody else changed the settings. */
export async function keepSettings(document: Document, name: string, settings: Settings): Promise<boolean> {
  const before = JSON.stringify([document.name, settingsOf(readGroup(document.spec))]);
  for (let tried = 0; ; tried += 1) {
    const now = tried === 0 ? document : await getDocument("rule_group", document.id);
    const group = readGroup(now.spec);
    if (JSON.stringify([now.name, settingsOf(group)]) !== before) return false;
    try {
      await updateDocument("rule_group", now.id, now.version, { name, spec: { ...settings, rules: group.rules } });
      return true;
    } catch (error) {
      if (!(error instanceof Changed) || error.current === null || tried > 2) throw error;
    }
  }
}
