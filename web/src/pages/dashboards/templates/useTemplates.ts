import { useQuery } from "@tanstack/react-query";
import { getTemplate, listTemplates } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import { getDocument, listDocuments } from "../../../api/documents";
import type { Dashboard } from "../../../dashboards/document";
import { readDashboard } from "../../../dashboards/document";

export interface Template {
  id: string;
  title: string;
  category: string;
  description: string;
  tags: readonly string[];
  /** Whether what it asks for is there; null: not known. */
  fits: boolean | null;
  /** The document of one that was saved here. */
  own: DocumentHead | null;
}

export const OWN = "Own";
export const OWN_KEY = ["own templates"] as const;

/** Those that come with the server, and those that were saved in the project. */
export function useTemplates(): { all: readonly Template[] | undefined; error: Error | null } {
  const ready = useQuery({ queryKey: ["templates"], queryFn: ({ signal }) => listTemplates(signal) });
  const own = useQuery({ queryKey: OWN_KEY, queryFn: ({ signal }) => listDocuments("template", signal) });
  const error = ready.error ?? own.error;
  if (ready.data === undefined || own.data === undefined) return { all: undefined, error };
  const saved = own.data.map((head): Template => {
    const { id, name, description, tags } = head;
    return { id, title: name, category: OWN, description, tags, fits: null, own: head };
  });
  const shipped = ready.data.map(({ id, title, category, description, fits }): Template => ({
    id,
    title,
    category,
    description,
    tags: [],
    fits: fits ?? null,
    own: null,
  }));
  // what shows something here comes first
  shipped.sort((a, b) => Number(b.fits === true) - Number(a.fits === true));
  return { all: [...saved, ...shipped], error };
}

/** What a template shows. */
export function useTemplateSpec({ id, own }: Template) {
  return useQuery({
    queryKey: ["template", id, own?.version ?? 0],
    queryFn: async ({ signal }): Promise<Dashboard> =>
      readDashboard((own === null ? await getTemplate(id, signal) : await getDocument("template", id, signal)).spec),
    staleTime: Infinity,
  });
}
