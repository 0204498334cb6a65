import { useState } from "react";
import { parseRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog, TabStrip } from "../../ui";
import { linkProblem } from "../data/links";
import type { Content } from "../document";
import { LinkList } from "../editor/LinkList";
import { useDashboard, useEdit } from "../store";
import { JsonTab } from "./JsonTab";
import type { Form } from "./SettingsParts";
import { General, TimePart } from "./SettingsParts";
import "../editor/editor.css";
import "./settings.css";

const MOST_TAGS = 50;

type TabName = "general" | "time" | "links" | "json";

const tagsOf = (text: string): string[] =>
  [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "").slice(0, MOST_TAGS);

const formOf = ({ name, spec }: Content): Form => ({
  name,
  description: spec.description,
  tags: spec.tags.join(", "),
  folder: spec.folder,
  range: `${spec.time.from} to ${spec.time.to}`,
  timezone: spec.timezone,
  shift: spec.shift,
  compare: spec.compare,
  refresh: spec.refresh,
  crosshair: spec.crosshair,
  links: spec.links,
});

/** Name, words, place, what the dashboard opens with, where it leads, and all of it as JSON. */
export function SettingsDialog({ close }: { close: () => void }) {
  const { clock } = useSession();
  const edit = useEdit();
  const draft = useDashboard((state) => state.draft);
  const [tab, setTab] = useState<TabName>("general");
  const [form, setForm] = useState(() => formOf(draft));
  const range = parseRange(form.range, clock.now(), form.timezone);
  const nameless = form.name.trim() === "";
  const links = form.links.filter(({ url, dashboard }) => url !== "" || dashboard !== "");
  const submit = (): void => {
    if (nameless) setTab("general");
    else if (range === null) setTab("time");
    else if (links.some((link) => linkProblem(link) !== null)) setTab("links");
    else {
      const { name, description, folder, timezone, shift, compare, refresh, crosshair } = form;
      const change = { name: name.trim(), description, folder, timezone, shift, compare, refresh, crosshair, links };
      edit.settingsChanged({ change: { ...change, tags: tagsOf(form.tags), time: range } });
      close();
    }
  };
  const set = (change: Partial<Form>): void => setForm((now) => ({ ...now, ...change }));
  return (
    <Dialog
      open
      wide
      onOpenChange={close}
      title="Dashboard settings"
      {...(tab === "json"
        ? {}
        : {
            onSubmit: submit,
            actions: (
              <Button type="submit" variant="primary">
                Apply
              </Button>
            ),
          })}
    >
      <TabStrip
        label="Settings"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: "general", label: "General", content: <General form={form} set={set} nameless={nameless} /> },
          { value: "time", label: "Time", content: <TimePart form={form} set={set} wrong={range === null} /> },
          {
            value: "links",
            label: "Links",
            ...(links.length === 0 ? {} : { note: `${links.length}` }),
            content: (
              <div className="dash-settings">
                <p className="muted">Shown above the widgets; they can carry the time and the variables along.</p>
                <LinkList links={form.links} onChange={(next) => set({ links: next })} />
              </div>
            ),
          },
          {
            value: "json",
            label: "JSON",
            content: (
              <div className="dash-settings">
                <JsonTab done={close} />
              </div>
            ),
          },
        ]}
      />
    </Dialog>
  );
}
