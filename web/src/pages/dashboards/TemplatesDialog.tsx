import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Document } from "../../api/documents";
import { getJson, sendJson } from "../../api/http";
import { readDashboard } from "../../dashboards/document";
import { LIST_KEY } from "../../dashboards/save/keys";
import { MiniLayout } from "../../dashboards/save/MiniLayout";
import { fuzzy } from "../../data/commands";
import { Badge, Button, Dialog, Notice, SearchInput, useAction } from "../../ui";
import "../../dashboards/dashboards.css";

interface Head {
  id: string;
  title: string;
  category: string;
  description: string;
  /** Whether what it asks for is there; null: not known to who asks. */
  fits: boolean | null;
}

const PATH = "/api/v1/templates";

/** Ready-made dashboards, those that fit the data first. */
export function TemplatesDialog({ close, opened }: { close: () => void; opened: (id: string) => void }) {
  const queries = useQueryClient();
  const [wish, setWish] = useState("");
  const list = useQuery({
    queryKey: ["templates"],
    queryFn: async ({ signal }) => (await getJson<Head[]>(PATH, signal)).data,
  });
  const { run, busy, error } = useAction(async (id: string) => {
    const { data } = await sendJson<Document>("POST", `${PATH}/${encodeURIComponent(id)}/instantiate`, {});
    await queries.invalidateQueries({ queryKey: LIST_KEY });
    opened(data.id);
  });
  const found = (list.data ?? [])
    .filter((one) => fuzzy(wish, `${one.title} ${one.category} ${one.description}`))
    .sort((a, b) => Number(b.fits === true) - Number(a.fits === true));
  const failed = error ?? list.error;
  return (
    <Dialog
      open
      wide
      onOpenChange={close}
      title="From a template"
      description="A copy of your own is made, to be changed at will."
    >
      <SearchInput label="Find a template" value={wish} onChange={setWish} />
      {failed === null ? null : <Notice kind="crit">{failed.message}</Notice>}
      <ul className="dash-templates">
        {found.map((one) => (
          <li key={one.id} className="card">
            <Picture id={one.id} title={one.title} />
            <h3>{one.title}</h3>
            <p className="muted">{one.description}</p>
            <div className="flex items-center gap-2">
              <Badge>{one.category}</Badge>
              {one.fits === true ? <Badge status="ok">has data</Badge> : null}
              <span className="spacer" />
              <Button small busy={busy} aria-label={`Use ${one.title}`} onClick={() => void run(one.id)}>
                Use
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {list.data !== undefined && found.length === 0 ? <p className="muted">Nothing matches {wish}.</p> : null}
    </Dialog>
  );
}

function Picture({ id, title }: { id: string; title: string }) {
  const template = useQuery({
    queryKey: ["template", id],
    queryFn: async ({ signal }) =>
      readDashboard((await getJson<{ spec: unknown }>(`${PATH}/${encodeURIComponent(id)}`, signal)).data.spec),
    staleTime: Infinity,
  });
  const spec = template.data;
  if (spec === undefined) return <div className="dash-templates__wait" />;
  return <MiniLayout content={{ name: title, spec }} changes={[]} label={`${spec.widgets.length} widgets`} />;
}
