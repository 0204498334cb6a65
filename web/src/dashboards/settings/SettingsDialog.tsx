import { useState } from "react";
import { parseDuration } from "../../data/duration";
import { isZone, parseRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog, Field, Segmented, Select, TabStrip, TextArea, TextInput } from "../../ui";
import { linkProblem } from "../data/links";
import type { Content, Dashboard } from "../document";
import { LinkList } from "../editor/LinkList";
import { folderOptions, useFolders } from "../folders";
import { useDashboard, useEdit } from "../store";
import { JsonTab } from "./JsonTab";
import { zoneOptions } from "./zones";
import "../editor/editor.css";
import "./settings.css";

const CROSSHAIR = [
  { value: "off", label: "One chart" },
  { value: "line", label: "All charts" },
  { value: "tooltip", label: "With values" },
] as const;
const REFRESH = [
  { value: "live", label: "Live, as often as points appear" },
  { value: "1s", label: "Every second" },
  { value: "5s", label: "Every 5 seconds" },
  { value: "10s", label: "Every 10 seconds" },
  { value: "30s", label: "Every 30 seconds" },
  { value: "1m", label: "Every minute" },
  { value: "off", label: "Paused until somebody goes on" },
];
const MOST_TAGS = 50;

type TabName = "general" | "time" | "links" | "json";

interface Form extends Pick<Dashboard, "description" | "folder" | "timezone" | "refresh" | "crosshair" | "links"> {
  name: string;
  tags: string;
  range: string;
}

interface PartProps {
  form: Form;
  set: (change: Partial<Form>) => void;
}

const tagsOf = (text: string): string[] =>
  [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "").slice(0, MOST_TAGS);

const formOf = ({ name, spec }: Content): Form => ({
  name,
  description: spec.description,
  tags: spec.tags.join(", "),
  folder: spec.folder,
  range: `${spec.time.from} to ${spec.time.to}`,
  timezone: spec.timezone,
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
      const { name, description, folder, timezone, refresh, crosshair } = form;
      const change = { name: name.trim(), description, folder, timezone, refresh, crosshair, links };
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

function General({ form, set, nameless }: PartProps & { nameless: boolean }) {
  const folders = useFolders() ?? [];
  return (
    <div className="dash-settings">
      <Field label="Name" error={nameless ? "A dashboard needs a name." : null}>
        <TextInput value={form.name} maxLength={200} onChange={(name) => set({ name })} />
      </Field>
      <Field label="Description" optional>
        <TextArea value={form.description} onChange={(description) => set({ description })} />
      </Field>
      <Field label="Folder">
        <Select
          value={folders.some((one) => one.id === form.folder) ? form.folder : ""}
          options={folderOptions(folders)}
          onChange={(folder) => set({ folder })}
        />
      </Field>
      <Field label="Tags" optional help="Separated by commas.">
        <TextInput value={form.tags} onChange={(tags) => set({ tags })} />
      </Field>
    </div>
  );
}

function TimePart({ form, set, wrong }: PartProps & { wrong: boolean }) {
  const own = REFRESH.some(({ value }) => value === form.refresh) || parseDuration(form.refresh) === null;
  const refresh = own ? REFRESH : [...REFRESH, { value: form.refresh, label: `Every ${form.refresh}` }];
  return (
    <div className="dash-settings">
      <Field
        label="Opens with"
        help="Unless a range is already chosen: 2d, now-6h to now, today."
        error={wrong ? "Not a range. Try now-6h to now." : null}
      >
        <TextInput value={form.range} onChange={(range) => set({ range })} />
      </Field>
      <Field
        label="Time zone"
        help="Of axes, tooltips and the time picker, for everybody who looks at it."
        error={isZone(form.timezone) ? null : `This browser does not know ${form.timezone}, and shows its own.`}
      >
        <Select value={form.timezone} options={zoneOptions(form.timezone)} onChange={(timezone) => set({ timezone })} />
      </Field>
      <Field label="Refresh">
        <Select value={form.refresh} options={refresh} onChange={(next) => set({ refresh: next })} />
      </Field>
      <Field label="Crosshair">
        <Segmented
          label="Crosshair"
          value={form.crosshair}
          choices={[...CROSSHAIR]}
          onChange={(crosshair) => set({ crosshair })}
        />
      </Field>
    </div>
  );
}
