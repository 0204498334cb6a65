import { Download, Ellipsis, SlidersHorizontal, Trash2 } from "lucide-react";
import { writeDashboard } from "../../../dashboards/document";
import type { Dashboard } from "../../../dashboards/document";
import { Photograph } from "../../../dashboards/library/Photograph";
import { Badge, Button, IconButton, Menu, useAction } from "../../../ui";
import { downloadJson } from "../../../widgets/download";
import type { Template } from "./useTemplates";
import { useTemplateSpec } from "./useTemplates";

interface Props {
  template: Template;
  mayEdit: boolean;
  use: (spec: Dashboard) => Promise<void>;
  customise: (spec: Dashboard) => void;
  remove: () => void;
}

/** One template as it looks, and what can be done with it. */
export function TemplateCard({ template, mayEdit, use, customise, remove }: Props) {
  const { data: spec, error } = useTemplateSpec(template);
  const { title, description, category, fits, own } = template;
  const using = useAction(async () => {
    if (spec !== undefined) await use(spec);
  });
  const exported = { kind: "vedette/dashboard", name: title, spec: spec === undefined ? {} : writeDashboard(spec) };
  return (
    <li className="card template">
      {spec === undefined ? (
        <div className="photo">{error === null ? null : <p className="muted p-3">{error.message}</p>}</div>
      ) : (
        <Photograph spec={spec} label={`${title}: ${spec.widgets.length} widgets`} />
      )}
      <div className="template__about">
        <div className="template__head">
          <h2>{title}</h2>
          <Badge>{category}</Badge>
          {fits === true ? <Badge status="ok">has data</Badge> : null}
        </div>
        <p className="muted">{description}</p>
        {using.error === null ? null : (
          <p className="error-text" role="alert">
            {using.error.message}
          </p>
        )}
        <div className="template__acts">
          <Menu
            trigger={<IconButton icon={Ellipsis} label={`More about ${title}`} />}
            entries={[
              { label: "Export JSON", icon: Download, onSelect: () => downloadJson(`${title}.json`, exported) },
              ...(own !== null && mayEdit
                ? [{ label: "Delete template", icon: Trash2, danger: true, onSelect: remove }]
                : []),
            ]}
          />
          {mayEdit ? (
            <>
              <Button
                small
                variant="ghost"
                icon={SlidersHorizontal}
                disabled={spec === undefined}
                aria-label={`Customise ${title}`}
                onClick={() => {
                  if (spec !== undefined) customise(spec);
                }}
              >
                Customise
              </Button>
              <Button
                small
                busy={using.busy}
                disabled={spec === undefined}
                aria-label={`Use ${title}`}
                onClick={() => void using.run()}
              >
                Use
              </Button>
            </>
          ) : null}
        </div>
      </div>
    </li>
  );
}
