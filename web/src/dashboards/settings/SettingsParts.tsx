import { parseDuration } from "../../data/duration";
import { isZone } from "../../data/timeRange";
import { ValidDurationField } from "../../promql/DurationField";
import { Field, Segmented, Select, TextArea, TextInput } from "../../ui";
import type { Dashboard } from "../document";
import { Comparison } from "../editor/TimeFields";
import { folderOptions, useFolders } from "../folders";
import { zoneOptions } from "./zones";

const CROSSHAIR = [
  { value: "off", label: "One chart" },
  { value: "line", label: "All charts" },
  { value: "tooltip", label: "With values" },
] as const;
const REFRESH = [
  { value: "live", label: "Live, as often as points appear" },
  { value: "0s", label: "At once, as samples arrive" },
  { value: "1s", label: "Every second" },
  { value: "5s", label: "Every 5 seconds" },
  { value: "10s", label: "Every 10 seconds" },
  { value: "30s", label: "Every 30 seconds" },
  { value: "1m", label: "Every minute" },
  { value: "5m", label: "Every 5 minutes" },
  { value: "off", label: "Paused until somebody goes on" },
];

export interface Form extends Pick<
  Dashboard,
  "description" | "folder" | "timezone" | "shift" | "compare" | "refresh" | "crosshair" | "links"
> {
  name: string;
  tags: string;
  range: string;
}

interface PartProps {
  form: Form;
  set: (change: Partial<Form>) => void;
}

/** Name, words and place. */
export function General({ form, set, nameless }: PartProps & { nameless: boolean }) {
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

/** What it opens with. */
export function TimePart({ form, set, wrong }: PartProps & { wrong: boolean }) {
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
      <ValidDurationField
        label="Earlier by"
        value={form.shift}
        placeholder="nothing"
        onChange={(shift) => set({ shift })}
      />
      <Comparison value={form.compare} onChange={(compare) => set({ compare })} />
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
