/** Which series of a chart are shown and which is pointed at. */

import { useCallback, useMemo, useState } from "react";

export interface Legend {
  hidden: ReadonlySet<string>;
  focus: string | null;
  /** All series are shown, however many. */
  all: boolean;
  setAll: (all: boolean) => void;
  setFocus: (key: string | null) => void;
  /** A click isolates, with `add` it shows or hides one; a click on the only one shows all again. */
  choose: (key: string, add: boolean, all: readonly string[]) => void;
}

export function nextHidden(
  hidden: ReadonlySet<string>,
  key: string,
  add: boolean,
  all: readonly string[],
): ReadonlySet<string> {
  if (add) {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    return next.size >= all.length ? new Set() : next;
  }
  const alone = !hidden.has(key) && all.every((other) => other === key || hidden.has(other));
  return alone ? new Set() : new Set(all.filter((other) => other !== key));
}

export function useLegend(): Legend {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const choose = useCallback(
    (key: string, add: boolean, all: readonly string[]) => setHidden((old) => nextHidden(old, key, add, all)),
    [],
  );
  return useMemo(() => ({ hidden, focus, all, setAll, setFocus, choose }), [hidden, focus, all, choose]);
}
