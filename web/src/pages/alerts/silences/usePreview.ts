import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Condition, SilencePreview } from "../../../api/silences";
import { previewSilence } from "../../../api/silences";
import { useMay } from "../../../queries/account";
import { matchersProblem } from "./silence";

const WAIT_MS = 250;

export interface Preview {
  /** undefined: not known yet. */
  found: SilencePreview | undefined;
  busy: boolean;
  error: Error | null;
}

/** What conditions hide of what fires now, once they stay as they are for a moment; null: one may not know. */
export function usePreview(matchers: readonly Condition[]): Preview | null {
  const may = useMay()("status:read");
  const wanted = JSON.stringify(matchers);
  const [settled, setSettled] = useState(wanted);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(wanted), WAIT_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const asked = useMemo(() => JSON.parse(settled) as Condition[], [settled]);
  const { data, error, isFetching } = useQuery({
    queryKey: ["silence preview", settled],
    queryFn: () =>
      previewSilence({ matchers: asked, starts_ms: 0, ends_ms: 1, created_by: "", comment: "", recurring: [] }),
    enabled: may && matchersProblem(asked) === null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  const isSettled = wanted === settled && matchersProblem(asked) === null;
  if (!may) return null;
  return {
    found: isSettled ? data : undefined,
    busy: isFetching || wanted !== settled,
    error: isSettled ? error : null,
  };
}
