import { Plus, Trash2 } from "lucide-react";
import { Button, Checkbox, Field, IconButton, TextInput } from "../../ui";
import type { Link } from "../document";
import { linkProblem } from "../data/links";

interface Props {
  links: readonly Link[];
  onChange: (links: Link[], field: string) => void;
}

const EMPTY: Link = { title: "", url: "", dashboard: "", keeps_time: true, keeps_variables: true, new_tab: false };

/** Ways on from a value. */
export function LinkList({ links, onChange }: Props) {
  const set = (at: number, change: Partial<Link>, field: string): void =>
    onChange(
      links.map((one, index) => (index === at ? { ...one, ...change } : one)),
      `${at} ${field}`,
    );
  return (
    <div className="edit-group">
      {links.map((one, at) => (
        // links have no name of their own and stay in their order
        <div key={at} className="edit-card">
          <div className="edit-line">
            <Field label={`Link ${at + 1}: title`} hideLabel>
              <TextInput value={one.title} placeholder="Title" onChange={(title) => set(at, { title }, "title")} />
            </Field>
            <IconButton
              icon={Trash2}
              label={`Remove link ${at + 1}`}
              onClick={() =>
                onChange(
                  links.filter((_, index) => index !== at),
                  "remove",
                )
              }
            />
          </div>
          <Field
            label="Address"
            error={linkProblem(one)}
            help={"May hold variables, ${__value}, ${__labels.host}, ${__from} and ${__to}."}
          >
            <TextInput value={one.url} mono placeholder="/explore?q=..." onChange={(url) => set(at, { url }, "url")} />
          </Field>
          <Field label="Or a dashboard's id" optional>
            <TextInput value={one.dashboard} mono onChange={(dashboard) => set(at, { dashboard }, "dashboard")} />
          </Field>
          <Checkbox
            label="Takes the time along"
            checked={one.keeps_time}
            onChange={(keeps_time) => set(at, { keeps_time }, "time")}
          />
          <Checkbox
            label="Takes the variables along"
            checked={one.keeps_variables}
            onChange={(keeps_variables) => set(at, { keeps_variables }, "variables")}
          />
          <Checkbox
            label="Opens in a new tab"
            checked={one.new_tab}
            onChange={(new_tab) => set(at, { new_tab }, "tab")}
          />
        </div>
      ))}
      <Button small variant="ghost" icon={Plus} onClick={() => onChange([...links, EMPTY], "add")}>
        Add a link
      </Button>
    </div>
  );
}
