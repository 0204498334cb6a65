import { useCallback, useState } from "react";
import { Changed } from "../../../api/errors";
import type { Document, DocumentContent, DocumentKind } from "../../../api/documents";
import { createDocument, getDocument, updateDocument } from "../../../api/documents";
import { useAction } from "../../../ui";
import type { Clash } from "../../access/useChange";

export interface Keep {
  /** Answers whether it is kept. */
  save: (content: DocumentContent) => Promise<boolean>;
  /** Keeps it over whatever is there now. */
  overwrite: (content: DocumentContent) => Promise<boolean>;
  busy: boolean;
  error: Error | null;
  /** Somebody else was first: both versions. */
  clash: Clash | null;
}

/** The fields that people see of a document. */
function fieldsOf(document: unknown): unknown {
  if (typeof document !== "object" || document === null) return document;
  const { name, spec } = document as { name?: unknown; spec?: unknown };
  return { name, ...(typeof spec === "object" ? spec : {}) };
}

/** Keeps what a form says: as a new document, or as a new version of the one that it began with. */
export function useKeep(kind: DocumentKind, kept: Pick<Document, "id" | "version"> | null, done: () => unknown): Keep {
  const [clash, setClash] = useState<Clash | null>(null);
  const send = useCallback(
    async (content: DocumentContent, over: boolean) => {
      try {
        if (kept === null) await createDocument(kind, content);
        else {
          const version = over ? (await getDocument(kind, kept.id)).version : kept.version;
          await updateDocument(kind, kept.id, version, content);
        }
      } catch (error) {
        if (!(error instanceof Changed) || error.current === null) throw error;
        setClash({ current: fieldsOf(error.current), yours: fieldsOf(error.yours) });
        return;
      }
      setClash(null);
      await done();
    },
    [kind, kept, done],
  );
  const { run, busy, error } = useAction(send);
  return {
    save: useCallback((content) => run(content, false), [run]),
    overwrite: useCallback((content) => run(content, true), [run]),
    busy,
    error,
    clash,
  };
}
