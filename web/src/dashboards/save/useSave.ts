/** Saving the open dashboard, and what happens when somebody else was quicker. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Document } from "../../api/documents";
import { createDocument, createNumbered, updateDocument } from "../../api/documents";
import { Changed } from "../../api/errors";
import { toast } from "../../ui";
import type { Content } from "../document";
import { readDashboard, writeDashboard } from "../document";
import type { Kept } from "../state";
import { useDashboardNow, useEdit } from "../store";
import { LIST_KEY, documentKey } from "./keys";

export const contentOf = ({ name, spec }: { name: string; spec: unknown }): Content => ({
  name,
  spec: readDashboard(spec),
});

export const keptOf = ({ id, version, updated_ms, updated_by }: Document): Kept => ({
  id,
  version,
  updated_ms,
  updated_by,
});

export interface Saving {
  busy: boolean;
  /** What the server keeps instead, when somebody else saved meanwhile. */
  conflict: Document | null;
  /** Answers whether it is saved. `over` is the version to replace, if not the one this is based on. */
  save: (message?: string, over?: number) => Promise<boolean>;
  saveCopy: () => Promise<void>;
  dismiss: () => void;
}

/** `onCreated` is called with the id of a dashboard that was saved for the first time, or as a copy. */
export function useSave(onCreated: (document: Document, isCopy: boolean) => void): Saving {
  const now = useDashboardNow();
  const edit = useEdit();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Document | null>(null);

  const keep = useCallback(
    (document: Document, content: Content) => {
      edit.saved({ kept: keptOf(document), content });
      queries.setQueryData(documentKey(document.id), document);
      void queries.invalidateQueries({ queryKey: LIST_KEY });
      void queries.invalidateQueries({ queryKey: ["versions", document.id] });
    },
    [edit, queries],
  );
  const attempt = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      return true;
    } catch (failure) {
      const current = failure instanceof Changed ? failure.current : null;
      if (current !== null) setConflict(current as Document);
      else
        toast({ status: "crit", text: `Not saved: ${failure instanceof Error ? failure.message : String(failure)}` });
      return false;
    } finally {
      setBusy(false);
    }
  }, []);

  return useMemo(
    () => ({
      busy,
      conflict,
      save: (message = "", over) =>
        attempt(async () => {
          const { kept, draft } = now();
          const sent = { name: draft.name, spec: writeDashboard(draft.spec), message };
          const document =
            kept === null
              ? await createDocument("dashboard", sent)
              : await updateDocument("dashboard", kept.id, over ?? kept.version, sent);
          setConflict(null);
          keep(document, draft);
          toast({ status: "ok", text: `Saved as version ${document.version}.` });
          if (kept === null) onCreated(document, false);
        }),
      saveCopy: async () => {
        await attempt(async () => {
          const { draft } = now();
          const sent = { name: `${draft.name} (copy)`, spec: writeDashboard(draft.spec) };
          const document = await createNumbered("dashboard", sent);
          setConflict(null);
          // what is here goes on over there
          edit.discarded();
          void queries.invalidateQueries({ queryKey: LIST_KEY });
          onCreated(document, true);
        });
      },
      dismiss: () => setConflict(null),
    }),
    [busy, conflict, now, edit, attempt, keep, queries, onCreated],
  );
}
