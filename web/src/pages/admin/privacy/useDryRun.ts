import { useCallback, useState } from "react";
import type { DryRun } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useAction } from "../../../ui";
import type { RuleBody } from "./rule";

export interface Trial {
  run: (rules: readonly RuleBody[], texts: readonly string[]) => Promise<boolean>;
  busy: boolean;
  error: Error | null;
  result: DryRun | null;
}

/** What rules would do to what is stored, and to texts, without doing it. */
export function useDryRun(path: string): Trial {
  const [result, setResult] = useState<DryRun | null>(null);
  const attempt = useCallback(
    async (rules: readonly RuleBody[], texts: readonly string[]) => {
      setResult((await sendJson<DryRun>("POST", `${path}/dry-run`, { rules, texts })).data);
    },
    [path],
  );
  const { run, busy, error } = useAction(attempt);
  return { run, busy, error, result };
}
