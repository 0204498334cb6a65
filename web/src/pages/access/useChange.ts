import { useCallback, useState } from "react";
import { Changed } from "../../api/errors";
import { getJson, sendJson } from "../../api/http";
import { useAction } from "../../ui";

export interface Clash {
  current: unknown;
  yours: unknown;
}

interface Change {
  /** Sends the form; answers whether it is saved. */
  save: (etag: string | null) => Promise<boolean>;
  /** Sends it over whatever is there now. */
  overwrite: () => Promise<boolean>;
  busy: boolean;
  error: Error | null;
  /** Somebody else was first: both versions. */
  clash: Clash | null;
  forget: () => void;
}

const tagOf = async (path: string): Promise<string | null> => (await getJson(path)).etag;

/** Saves what is based on a version; who is not up to date decides between both. `tag` finds the version there is. */
export function useChange(
  method: "PUT" | "PATCH",
  path: string,
  body: unknown,
  done: () => unknown,
  tag = tagOf,
): Change {
  const [clash, setClash] = useState<Clash | null>(null);
  const send = useCallback(
    async (etag: string | null) => {
      try {
        await sendJson(method, path, body, etag);
      } catch (error) {
        if (!(error instanceof Changed) || error.current === null) throw error;
        setClash({ current: error.current, yours: error.yours });
        return;
      }
      setClash(null);
      await done();
    },
    [method, path, body, done],
  );
  const { run, busy, error } = useAction(send);
  const overwrite = useCallback(async () => run(await tag(path)), [run, tag, path]);
  return { save: run, overwrite, busy, error, clash, forget: useCallback(() => setClash(null), []) };
}
