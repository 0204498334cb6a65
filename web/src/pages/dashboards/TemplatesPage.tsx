import { useQueryClient } from "@tanstack/react-query";
import { LayoutTemplate } from "lucide-react";
import { useMemo, useState } from "react";
import { createNumbered, deleteDocument, undeleteDocument } from "../../api/documents";
import type { Dashboard } from "../../dashboards/document";
import { writeDashboard } from "../../dashboards/document";
import { LIST_KEY } from "../../dashboards/save/keys";
import { fuzzy } from "../../data/commands";
import { CARRIED } from "../../data/project";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";
import { Button, EmptyState, Notice, PageBody, PageHeader, SearchInput, toast } from "../../ui";
import { CustomiseDialog } from "./templates/CustomiseDialog";
import { TemplateCard } from "./templates/TemplateCard";
import type { Template } from "./templates/useTemplates";
import { OWN_KEY, useTemplates } from "./templates/useTemplates";
import "../../dashboards/dashboards.css";
import "./lists.css";

const ALL = "";

/** Ready-made dashboards, and those that were saved as templates, as they look. */
export default function TemplatesPage() {
  const { location } = useSession();
  const queries = useQueryClient();
  const mayEdit = useMay()("documents:write");
  const { all, error } = useTemplates();
  const place = useLocationText();
  const params = useMemo(() => new URLSearchParams(place.split("?")[1] ?? ""), [place]);
  const wish = params.get("q") ?? "";
  const category = params.get("category") ?? ALL;
  const [customised, setCustomised] = useState<{ template: Template; spec: Dashboard } | null>(null);
  const categories = useMemo(() => [...new Set((all ?? []).map((one) => one.category))], [all]);
  const shown = all?.filter(
    (one) =>
      (category === ALL || one.category === category) &&
      fuzzy(wish, `${one.title} ${one.category} ${one.description} ${one.tags.join(" ")}`),
  );
  const create = async (template: Template, name: string, spec: Dashboard): Promise<void> => {
    const message = `from the template ${template.title}`.slice(0, 200);
    const made = await createNumbered("dashboard", { name, spec: writeDashboard(spec), message });
    await queries.invalidateQueries({ queryKey: LIST_KEY });
    location.go(`/d/${made.id}`, CARRIED);
  };
  const remove = async ({ own }: Template): Promise<void> => {
    if (own === null) return;
    const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: OWN_KEY });
    try {
      await deleteDocument("template", own.id, own.version);
      await refresh();
      const undo = async (): Promise<void> => {
        await undeleteDocument("template", own.id);
        await refresh();
      };
      toast({ text: `Deleted "${own.name}".`, action: { label: "Undo", run: () => void undo() } });
    } catch (failure) {
      toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) });
    }
  };
  const choose = (name: string): void => location.change({ category: name === ALL ? null : name }, "push");
  const goList = (): void => location.go("/dashboards", CARRIED);
  return (
    <>
      <PageHeader title="Templates" crumbs={[{ label: "Dashboards", href: "/dashboards", go: goList }]} />
      <PageBody>
        <p className="soft">
          Each becomes a dashboard of your own, to be changed at will. The pictures have made-up data.
        </p>
        <div className="template-tools">
          <SearchInput
            label="Find a template"
            value={wish}
            onChange={(text) => location.change({ q: text === "" ? null : text }, "replace")}
          />
          <div className="template-tools__tags" role="group" aria-label="Category">
            {[ALL, ...categories].map((name) => (
              <button
                key={name}
                type="button"
                className="tag"
                aria-pressed={name === category}
                onClick={() => choose(name)}
              >
                {name === ALL ? "All" : name}
              </button>
            ))}
          </div>
        </div>
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
        {shown?.length === 0 ? (
          <EmptyState
            icon={LayoutTemplate}
            title="Nothing matches"
            action={<Button onClick={() => location.change({ q: null, category: null }, "push")}>Show all</Button>}
          >
            A dashboard is saved as a template from its menu.
          </EmptyState>
        ) : (
          <ul className="templates" aria-label="Templates">
            {(shown ?? []).map((template) => (
              <TemplateCard
                key={`${template.own === null ? "" : "own "}${template.id}`}
                template={template}
                mayEdit={mayEdit}
                use={(spec) => create(template, template.title, spec)}
                customise={(spec) => setCustomised({ template, spec })}
                remove={() => void remove(template)}
              />
            ))}
          </ul>
        )}
      </PageBody>
      {customised === null ? null : (
        <CustomiseDialog
          title={customised.template.title}
          spec={customised.spec}
          close={() => setCustomised(null)}
          create={(name, spec) => create(customised.template, name, spec)}
        />
      )}
    </>
  );
}
